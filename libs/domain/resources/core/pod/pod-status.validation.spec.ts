import { FieldPath } from '../../../api/field-path.js';
import type { ContainerStatus, Pod, PodSpec, PodStatus } from '../../../api/generated/types.js';
import { pod } from './pod.resource.js';
import { validatePodStatusUpdate } from './pod-status.validation.js';

const ended = (exitCode: number): Partial<ContainerStatus> => ({ state: { terminated: { exitCode } } });
const runs: Partial<ContainerStatus> = { state: { running: {} } };
const statusOf = (change: Partial<ContainerStatus>, name = 'c'): ContainerStatus => ({
  name,
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...change,
});
const podOf = (spec: Partial<PodSpec>, status: PodStatus): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'c' }], restartPolicy: 'Never', ...spec },
  status,
});
const fieldsOf = (spec: Partial<PodSpec>, next: PodStatus, current: PodStatus = {}): string[] =>
  validatePodStatusUpdate(podOf(spec, next), podOf(spec, current), FieldPath.root).map(({ field }) => field);

const withRules = (action: string, operator: string, values: number[]): Partial<PodSpec> => ({
  containers: [
    { name: 'c', restartPolicy: 'Never', restartPolicyRules: [{ action, exitCodes: { operator, values } }] },
  ],
});
const refused = ['status.containerStatuses[0].state'];
const comebacks: [string, Partial<PodSpec>, number, string[]][] = [
  ['of a pod that never restarts', {}, 1, refused],
  ['of a pod that always does', { restartPolicy: 'Always' }, 0, []],
  ['after a failure', { restartPolicy: 'OnFailure' }, 1, []],
  ['after a success', { restartPolicy: 'OnFailure' }, 0, refused],
  ['by its own policy', { containers: [{ name: 'c', restartPolicy: 'OnFailure' }] }, 1, []],
  [
    'by its own policy, against the pod',
    { restartPolicy: 'Always', containers: [{ name: 'c', restartPolicy: 'Never' }] },
    1,
    refused,
  ],
  ['by a rule', withRules('Restart', 'In', [7]), 7, []],
  ['by a rule for other codes', withRules('Restart', 'In', [7]), 8, refused],
  ['by a rule for all but one code', withRules('Restart', 'NotIn', [7]), 8, []],
  ['where one may restart all', withRules('RestartAllContainers', 'In', [7]), 0, []],
  ['of a container that the pod does not have', { containers: [{ name: 'd' }], restartPolicy: 'Always' }, 1, refused],
];
test.each(comebacks)('a container runs again, %s', (_, spec, exitCode, expected) =>
  expect(
    fieldsOf(spec, { containerStatuses: [statusOf(runs)] }, { containerStatuses: [statusOf(ended(exitCode))] }),
  ).toEqual(expected),
);

test('init containers obey as well, ephemeral ones always', () => {
  const pod: Partial<PodSpec> = { restartPolicy: 'Always', initContainers: [{ name: 'c', restartPolicy: 'Never' }] };
  const of = (change: Partial<ContainerStatus>): PodStatus => ({
    initContainerStatuses: [statusOf(change)],
    ephemeralContainerStatuses: [statusOf(change, 'e')],
  });
  expect(fieldsOf(pod, of(runs), of(ended(0)))).toEqual([
    'status.initContainerStatuses[0].state',
    'status.ephemeralContainerStatuses[0].state',
  ]);
});

const device = (name: string, change: object = {}): PodStatus => ({
  containerStatuses: [
    statusOf({ allocatedResourcesStatus: [{ name, resources: [{ resourceID: '1', health: 'Healthy', ...change }] }] }),
  ],
});
const withDevices: Partial<PodSpec> = {
  containers: [{ name: 'c', resources: { requests: { 'x.io/gpu': '1' }, claims: [{ name: 'n', request: 'r' }] } }],
};
const inDevice = 'status.containerStatuses[0].allocatedResourcesStatus[0]';

const statuses: [string, Partial<PodSpec>, PodStatus, string[]][] = [
  [
    'a condition of long ago',
    {},
    { conditions: [{ type: 'Ready', status: 'True', observedGeneration: -1 }] },
    ['status.conditions[0].observedGeneration'],
  ],
  [
    'a condition without a good name',
    {},
    { conditions: [{ type: 'a b', status: 'True' }] },
    ['status.conditions[0].Type'],
  ],
  ['a node to come to', {}, { nominatedNodeName: 'n' }, []],
  ['a node to come to, on a node', { nodeName: 'm' }, { nominatedNodeName: 'n' }, ['status.nominatedNodeName']],
  ['another QoS class', {}, { qosClass: 'Burstable' }, ['status.qosClass']],
  [
    'a claim',
    { resourceClaims: [{ name: 'r' }] },
    { resourceClaimStatuses: [{ name: 'r', resourceClaimName: 'x' }] },
    [],
  ],
  [
    'a claim that is not in the spec',
    {},
    { resourceClaimStatuses: [{ name: 'r' }] },
    ['status.resourceClaimStatuses[0].name'],
  ],
  [
    'a claim twice, badly named',
    { resourceClaims: [{ name: 'r' }] },
    { resourceClaimStatuses: [{ name: 'r' }, { name: 'r', resourceClaimName: 'A_' }] },
    ['status.resourceClaimStatuses[1].name', 'status.resourceClaimStatuses[1].resourceClaimName'],
  ],
  ['a device of a request', withDevices, device('x.io/gpu'), []],
  ['a device of a claim', withDevices, device('claim:n/r'), []],
  ['a device that was not asked for', withDevices, device('x.io/tpu'), [`${inDevice}.name`]],
  [
    'a device in odd health',
    withDevices,
    device('x.io/gpu', { health: 'Odd', message: '' }),
    [`${inDevice}.resources[0].health`, `${inDevice}.resources[0].message`],
  ],
  [
    'a user on Linux',
    {},
    { containerStatuses: [statusOf({ user: { linux: { uid: -1, gid: 0 } } })] },
    ['status.containerStatuses[0].user.linux.uid'],
  ],
  [
    'a user of Linux on Windows',
    { os: { name: 'windows' } },
    { containerStatuses: [statusOf({ user: { linux: { uid: 0, gid: 0 } } })] },
    ['status.containerStatuses[0].user.linux'],
  ],
  ['two addresses of a family', {}, { podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] }, ['status.podIPs']],
  [
    'an extended claim of nothing',
    {},
    { extendedResourceClaimStatus: { requestMappings: [], resourceClaimName: '' } },
    ['status.extendedResourceClaimStatus.requestMappings', 'status.extendedResourceClaimStatus.resourceClaimName'],
  ],
  [
    'an extended claim of what was not asked for',
    withDevices,
    {
      extendedResourceClaimStatus: {
        resourceClaimName: 'x',
        requestMappings: [
          { containerName: 'c', resourceName: 'x.io/gpu', requestName: 'a' },
          { containerName: 'c', resourceName: 'x.io/tpu', requestName: 'b' },
          { containerName: 'd', resourceName: 'x.io/gpu', requestName: 'c' },
        ],
      },
    },
    [
      'status.extendedResourceClaimStatus.requestMappings[1].resourceName',
      'status.extendedResourceClaimStatus.requestMappings[2].containerName',
    ],
  ],
];
test.each(statuses)('a status with %s', (_, spec, status, expected) =>
  expect(fieldsOf(spec, status)).toEqual(expected),
);

test('addresses that are not canonical are told of when a status changes', () => {
  const of = (...ips: string[]): Pod => podOf({}, { podIPs: ips.map((ip) => ({ ip })) });
  expect(pod.warnings?.(of('FD00::1'), of('fd00::1'))).toEqual([
    'status.podIPs[0].ip: IPv6 address "FD00::1" should be in RFC 5952 canonical format ("fd00::1")',
  ]);
  expect(pod.warnings?.(of('FD00::1'), of('FD00::1'))).toEqual([]);
});
