import { FieldPath } from '../../../api/field-path.js';
import type { StatefulSet } from '../../../api/generated/types.js';
import { statefulSet } from './stateful-set.resource.js';

const context = { now: new Date(0), newUid: () => 'u' };
const container = { name: 'c', image: 'i:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] };
const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

const setOf = (spec: object = {}): StatefulSet => {
  const set = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [container] } },
      volumeClaimTemplates: [structuredClone(claim)],
      ...spec,
    },
  } as unknown as StatefulSet;
  statefulSet.defaults?.(set);
  return set;
};

const problems = (spec: object): string[] =>
  [
    ...(statefulSet.validate?.(setOf(spec), FieldPath.root, context) ?? []),
    ...(statefulSet.validateCreate?.(setOf(spec), FieldPath.root, context) ?? []),
  ].map(({ field, message }) => `${field}: ${message}`);

test('what is not said has a default', () =>
  expect(setOf().spec).toMatchObject({
    replicas: 1,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    volumeClaimTemplates: [{ kind: 'PersistentVolumeClaim', spec: { volumeMode: 'Filesystem' } }],
  }));

test.each<[string, object, string[]]>([
  ['claims are volumes of the pods', {}, []],
  [
    'a management nobody knows',
    { podManagementPolicy: 'Odd' },
    [`spec.podManagementPolicy: Invalid value: "Odd": must be 'OrderedReady' or 'Parallel'`],
  ],
  [
    'a rolling update where pods are replaced by hand',
    { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
    [
      `spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for updateStrategy 'RollingUpdate'`,
    ],
  ],
  [
    'no pod may be missing while pods are replaced',
    { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } } },
    ['spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0'],
  ],
  [
    'a claim without a size',
    { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }] },
    ['spec.volumeClaimTemplates[0].spec.resources[storage]: Required value'],
  ],
  [
    'a Service by no name of a Service',
    { serviceName: 'a.b' },
    [expect.stringContaining('spec.serviceName: Invalid value: "a.b"') as string],
  ],
])('%s', (_, spec, expected) => expect(problems(spec)).toEqual(expected));

test.each<[string, object, number]>([
  ['replicas', { replicas: 3 }, 0],
  ['the template', { template: { metadata: { labels: { app: 'db', v: '2' } }, spec: { containers: [container] } } }, 0],
  ['the claims', { volumeClaimTemplates: [] }, 1],
  ['how pods are managed', { podManagementPolicy: 'Parallel' }, 1],
])('may %s change?', (_, spec, refusals) =>
  expect(statefulSet.validateUpdate?.(setOf(spec), setOf(), FieldPath.root, context)).toHaveLength(refusals),
);

test('a field that is switched off is dropped, unless it was in use', () => {
  const asked = setOf({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } });
  const rolling = (set: StatefulSet | undefined): unknown => set?.spec?.updateStrategy?.rollingUpdate?.maxUnavailable;
  expect(rolling(statefulSet.strategy?.prepareForCreate?.(asked, context))).toBeUndefined();
  expect(rolling(statefulSet.strategy?.prepareForUpdate?.(asked, setOf(), context))).toBeUndefined();
  expect(rolling(statefulSet.strategy?.prepareForUpdate?.(asked, asked, context))).toBe(2);
});
