import { FieldPath } from '../../../api/field-path.js';
import type { Container, Pod, PodSpec, PodStatus } from '../../../api/generated/types.js';
import { podRowConditions, summarize } from './pod.columns.js';
import { defaultPod } from './pod.defaults.js';
import { qosClassOf } from './pod-qos.js';
import { podStrategy } from './pod.strategy.js';
import { validatePodStatusUpdate } from './pod-status.validation.js';
import { validatePod, validatePodUpdate } from './pod.validation.js';

const root = FieldPath.root;
const context = { now: new Date(0), newUid: () => 'u' };

const aPod = (spec: Partial<PodSpec> = {}, status: PodStatus = {}, annotations?: Record<string, string>): Pod => {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', labels: { app: 'web' }, ...(annotations ? { annotations } : {}) },
    spec: { containers: [{ name: 'c', image: 'nginx:1' }], ...structuredClone(spec) },
    status,
  };
  defaultPod(pod);
  return pod;
};
const container = (fields: Partial<Container>): Partial<PodSpec> => ({
  containers: [{ name: 'c', image: 'nginx:1', ...fields }],
});

describe('a pod that is refused', () => {
  const cases: [string, Partial<PodSpec>, string[]][] = [
    ['no containers', { containers: [] }, ['spec.containers: Required value']],
    ['a container without image', container({ image: '' }), ['spec.containers[0].image: Required value']],
    [
      'a padded image',
      container({ image: ' x ' }),
      ['spec.containers[0].image: Invalid value: " x ": must not have leading or trailing whitespace'],
    ],
    [
      'two containers of one name',
      {
        containers: [
          { name: 'c', image: 'a:1' },
          { name: 'c', image: 'b:1' },
        ],
      },
      ['spec.containers[1].name: Duplicate value: "c"'],
    ],
    [
      'a mount of no volume',
      container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'a request above its limit',
      container({ resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }),
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      'an extended resource that is overcommitted',
      container({ resources: { limits: { 'example.com/gpu': '2' }, requests: { 'example.com/gpu': '1' } } }),
      ['spec.containers[0].resources.requests: Invalid value: "1": must be equal to example.com/gpu limit of 2'],
    ],
    [
      'a probe without handler',
      container({ livenessProbe: {} }),
      ['spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    ],
    [
      'a liveness probe that must succeed twice',
      container({ livenessProbe: { exec: { command: ['a'] }, successThreshold: 2 } }),
      ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
    ],
    [
      'a probe of an init container that ends',
      { initContainers: [{ name: 'i', image: 'x:1', readinessProbe: { exec: { command: ['a'] } } }] },
      [
        'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    ],
    [
      'a host port taken twice',
      {
        containers: [
          { name: 'a', image: 'a:1', ports: [{ containerPort: 80, hostPort: 80 }] },
          { name: 'b', image: 'b:1', ports: [{ containerPort: 81, hostPort: 80 }] },
        ],
      },
      ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'two sources of one variable',
      container({ env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
    ],
    [
      'dnsPolicy None without servers',
      { dnsPolicy: 'None' },
      ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    ],
    [
      'an empty toleration key without Exists',
      { tolerations: [{ value: 'x' }] },
      [
        'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      'two volumes of one name',
      { volumes: [{ name: 'v' }, { name: 'v' }] },
      ['spec.volumes[1].name: Duplicate value: "v"'],
    ],
    [
      'two types of one volume',
      { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] },
      ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'a file path out of the volume',
      { volumes: [{ name: 'v', configMap: { name: 'm', items: [{ key: 'k', path: '../x' }] } }] },
      ['spec.volumes[0].configMap.items[0].path: Invalid value: "../x": must not contain \'..\''],
    ],
    [
      'two sources that write one path',
      {
        volumes: [
          {
            name: 'v',
            projected: {
              sources: [
                { secret: { name: 's', items: [{ key: 'a', path: 'x' }] } },
                { configMap: { name: 'm', items: [{ key: 'b', path: 'x' }] } },
              ],
            },
          },
        ],
      },
      ['spec.volumes[0].projected: Invalid value: "m": conflicting duplicate paths'],
    ],
    [
      'a skew of nothing',
      { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }] },
      ['spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero'],
    ],
  ];
  test.each(cases)('%s', (_, spec, expected) => {
    const errors = validatePod(aPod(spec), root).map(({ field, message }) => `${field}: ${message}`);
    expect(errors).toEqual(expected);
  });

  it.each<[string, Partial<PodSpec>]>([
    [
      'env names with blanks',
      container({
        env: [
          { name: 'a b', value: 'x' },
          { name: '1A', value: '' },
        ],
      }),
    ],
    ['a negative grace period', { terminationGracePeriodSeconds: -1 }],
    ['a scheduler name that is no DNS name', { schedulerName: 'A_b' }],
    ['an empty projected source', { volumes: [{ name: 'v', projected: { sources: [{}] } }] }],
  ])('accepts %s', (_, spec) => expect(validatePod(aPod(spec), root)).toEqual([]));
});

describe('defaults', () => {
  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['localhost:5000/nginx', 'Always'],
    ['localhost:5000/nginx:1.2', 'IfNotPresent'],
    ['nginx@sha256:abc', 'IfNotPresent'],
  ])('pulls %s %s', (image, policy) =>
    expect(aPod(container({ image })).spec?.containers[0]?.imagePullPolicy).toBe(policy),
  );

  it('requests what is limited', () =>
    expect(
      aPod(container({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } })).spec
        ?.containers[0]?.resources?.requests,
    ).toEqual({
      cpu: '500m',
      memory: '1Gi',
    }));

  it('makes host ports of the ports of a pod on the host network', () =>
    expect(
      aPod({ hostNetwork: true, ...container({ ports: [{ containerPort: 80 }] }) }).spec?.containers[0]?.ports?.[0]
        ?.hostPort,
    ).toBe(80));

  it('gives a volume without source an empty directory', () =>
    expect(aPod({ volumes: [{ name: 'v' }] }).spec?.volumes).toEqual([{ name: 'v', emptyDir: {} }]));
});

describe('quality of service', () => {
  const cases: [string, Partial<PodSpec>, string][] = [
    ['nothing asked', {}, 'BestEffort'],
    ['a request', container({ resources: { requests: { cpu: '1' } } }), 'Burstable'],
    ['limits only of cpu', container({ resources: { limits: { cpu: '1' } } }), 'Burstable'],
    ['limits of both', container({ resources: { limits: { cpu: '1', memory: '1Gi' } } }), 'Guaranteed'],
    [
      'requests below limits',
      container({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } }),
      'Burstable',
    ],
  ];
  test.each(cases)('%s', (_, spec, expected) =>
    expect(qosClassOf(aPod(spec).spec ?? { containers: [] })).toBe(expected),
  );
});

describe('update', () => {
  const before = aPod({ activeDeadlineSeconds: 10, tolerations: [{ key: 'a', operator: 'Exists' }] });
  const changed = (change: (spec: PodSpec) => void): Pod => {
    const pod = structuredClone(before);
    if (pod.spec) change(pod.spec);
    return pod;
  };
  const cases: [string, (spec: PodSpec) => void, string[]][] = [
    ['an image', (spec) => spec.containers.forEach((c) => (c.image = 'other:2')), []],
    ['one more toleration', (spec) => spec.tolerations?.push({ key: 'b', operator: 'Exists' }), []],
    ['an earlier deadline', (spec) => (spec.activeDeadlineSeconds = 5), []],
    ['a later deadline', (spec) => (spec.activeDeadlineSeconds = 50), ['spec.activeDeadlineSeconds']],
    ['a toleration less', (spec) => (spec.tolerations = []), ['spec.tolerations']],
    ['a container more', (spec) => spec.containers.push({ name: 'd', image: 'd:1' }), ['spec.containers']],
    ['another node', (spec) => (spec.nodeName = 'n'), ['spec']],
    ['another restart policy', (spec) => (spec.restartPolicy = 'Never'), ['spec']],
  ];
  test.each(cases)('%s', (_, change, fields) =>
    expect(validatePodUpdate(changed(change), before, root).map(({ field }) => field)).toEqual(fields),
  );

  it('says what it may not change, and how it was', () => {
    const [error] = validatePodUpdate(
      changed((spec) => (spec.nodeName = 'n')),
      before,
      root,
    );
    expect(error?.message).toMatch(
      /pod updates may not change fields other than `spec.containers\[\*\].image`.*\nnodeName: <unset> → "n"/s,
    );
  });

  it('lets a gated pod narrow its node selector but not widen it', () => {
    const gated = aPod({ schedulingGates: [{ name: 'x.io/g' }], nodeSelector: { a: '1' } });
    const next = structuredClone(gated);
    if (next.spec) next.spec.nodeSelector = { a: '1', b: '2' };
    expect(validatePodUpdate(next, gated, root)).toEqual([]);
    if (next.spec) next.spec.nodeSelector = { b: '2' };
    expect(validatePodUpdate(next, gated, root).map(({ field }) => field)).toEqual(['spec.nodeSelector']);
  });
});

describe('strategy', () => {
  it('starts the status of a new pod', () => {
    const created = podStrategy.prepareForCreate?.(aPod({}, { phase: 'Running', podIP: '1.2.3.4' }), context);
    expect(created?.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });
  it('turns match label keys into requirements', () => {
    const created = podStrategy.prepareForCreate?.(
      aPod({
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'z',
            whenUnsatisfiable: 'DoNotSchedule',
            matchLabelKeys: ['app'],
            labelSelector: {},
          },
        ],
      }),
      context,
    );
    expect(created?.spec?.topologySpreadConstraints?.[0]?.labelSelector).toEqual({
      matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }],
    });
  });
  it.each<[string, Pod, number | undefined, number]>([
    ['an unscheduled pod', aPod(), undefined, 0],
    ['a scheduled pod', aPod({ nodeName: 'n' }), undefined, 30],
    ['a scheduled pod with a wish', aPod({ nodeName: 'n' }), 5, 5],
    ['a finished pod', aPod({ nodeName: 'n' }, { phase: 'Succeeded' }), undefined, 0],
    ['a negative period', aPod({ nodeName: 'n', terminationGracePeriodSeconds: -1 }), undefined, 1],
  ])('deletes %s', (_, pod, asked, seconds) => expect(podStrategy.gracePeriodSeconds?.(pod, asked)).toBe(seconds));
});

describe('status update', () => {
  it('refuses another quality of service', () =>
    expect(
      validatePodStatusUpdate(aPod({}, { qosClass: 'Burstable' }), aPod({}, { qosClass: 'BestEffort' }), root).map(
        ({ field }) => field,
      ),
    ).toEqual(['status.qosClass']));
  it('refuses a container that ends and runs again although the pod never restarts', () => {
    const state = (value: object): PodStatus => ({
      containerStatuses: [{ name: 'c', image: 'x', imageID: '', ready: false, restartCount: 0, state: value }],
    });
    const current = aPod({ restartPolicy: 'Never' }, state({ terminated: { exitCode: 0 } }));
    const next = aPod({ restartPolicy: 'Never' }, state({ running: {} }));
    expect(validatePodStatusUpdate(next, current, root).map(({ field }) => field)).toEqual([
      'status.containerStatuses[0].state',
    ]);
  });
});

describe('what kubectl prints', () => {
  const status = (name: string, state: object, more: object = {}) => ({
    name,
    image: 'x',
    imageID: '',
    ready: false,
    restartCount: 0,
    state,
    ...more,
  });
  const cases: [string, Pod, string, string][] = [
    ['a new pod', aPod({}, { phase: 'Pending' }), '0/1', 'Pending'],
    [
      'a running pod',
      aPod({}, { phase: 'Running', containerStatuses: [status('c', { running: {} }, { ready: true })] }),
      '1/1',
      'Running',
    ],
    [
      'a crashing container',
      aPod({}, { phase: 'Running', containerStatuses: [status('c', { waiting: { reason: 'CrashLoopBackOff' } })] }),
      '0/1',
      'CrashLoopBackOff',
    ],
    [
      'a killed container',
      aPod({}, { phase: 'Failed', containerStatuses: [status('c', { terminated: { exitCode: 137, signal: 9 } })] }),
      '0/1',
      'Signal:9',
    ],
    [
      'an init container that runs',
      aPod(
        { initContainers: [{ name: 'i', image: 'x:1' }] },
        { phase: 'Pending', initContainerStatuses: [status('i', { running: {} })] },
      ),
      '0/1',
      'Init:0/1',
    ],
    [
      'an init container that failed',
      aPod(
        { initContainers: [{ name: 'i', image: 'x:1' }] },
        { phase: 'Pending', initContainerStatuses: [status('i', { terminated: { exitCode: 1, reason: 'Error' } })] },
      ),
      '0/1',
      'Init:Error',
    ],
    [
      'a sidecar and a container',
      aPod(
        { initContainers: [{ name: 'i', image: 'x:1', restartPolicy: 'Always' }] },
        {
          phase: 'Running',
          initContainerStatuses: [status('i', { running: {} }, { ready: true, started: true })],
          containerStatuses: [status('c', { running: {} }, { ready: true })],
        },
      ),
      '2/2',
      'Running',
    ],
    [
      'a gated pod',
      aPod(
        {},
        { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
      ),
      '0/1',
      'SchedulingGated',
    ],
  ];
  test.each(cases)('%s', (_, pod, ready, reason) => {
    const summary = summarize(pod);
    expect([`${summary.ready}/${summary.total}`, summary.reason]).toEqual([ready, reason]);
  });
  it('calls a deleted pod Terminating until it has ended', () => {
    const pod = aPod({}, { phase: 'Running' });
    pod.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(summarize(pod).reason).toBe('Terminating');
  });
});

it.each([
  ['Running', []],
  ['Succeeded', [{ type: 'Completed', status: 'True', reason: 'Succeeded' }]],
  ['Failed', [{ type: 'Completed', status: 'True', reason: 'Failed' }]],
] as const)('the row of a pod that is %s has the conditions %j', (phase, expected) =>
  expect(podRowConditions(aPod({}, { phase }))).toMatchObject(expected),
);
