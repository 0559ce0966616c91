import { resourceFor } from '../resources/resources.js';
import type { KubeObject, ObjectMeta } from '../api/kube-object.js';
import type { AnyResource } from '../resources/define-resource.js';
import { decideDelete, type DeleteDecision, type DeleteOptions } from './decide-delete.js';

const kind = (group: string, plural: string): AnyResource => {
  const found = resourceFor({ group, version: 'v1', plural });
  if (!found) throw new Error(`no ${plural}`);
  return found;
};
const noon = new Date('2026-01-01T12:00:00Z');
const configMap = (metadata: ObjectMeta = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', uid: 'u', resourceVersion: '7', ...metadata },
});
const pod = (metadata: ObjectMeta = {}, nodeName = 'n1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: 'u', generation: 1, ...metadata },
  spec: { nodeName, terminationGracePeriodSeconds: 30, containers: [] },
  status: { phase: 'Running' },
});

const outcomes: [string, string, KubeObject, DeleteOptions, DeleteDecision['outcome'], ObjectMeta?][] = [
  ['nothing holds it', 'configmaps', configMap(), {}, 'remove'],
  [
    'a finalizer holds it',
    'configmaps',
    configMap({ finalizers: ['x.io/y'] }),
    {},
    'mark',
    { deletionTimestamp: '2026-01-01T12:00:00Z', deletionGracePeriodSeconds: 0, finalizers: ['x.io/y'] },
  ],
  [
    'dependents go first',
    'configmaps',
    configMap(),
    { propagationPolicy: 'Foreground' },
    'mark',
    { finalizers: ['foregroundDeletion'] },
  ],
  [
    'dependents are let go',
    'configmaps',
    configMap(),
    { propagationPolicy: 'Orphan' },
    'mark',
    { finalizers: ['orphan'] },
  ],
  [
    'dependents are let go, said the old way',
    'configmaps',
    configMap(),
    { orphanDependents: true },
    'mark',
    { finalizers: ['orphan'] },
  ],
  [
    'background takes an orphan finalizer away',
    'configmaps',
    configMap({ finalizers: ['orphan'] }),
    { propagationPolicy: 'Background' },
    'remove',
  ],
  [
    'a running pod gets its time',
    'pods',
    pod(),
    {},
    'mark',
    { deletionTimestamp: '2026-01-01T12:00:30Z', deletionGracePeriodSeconds: 30, generation: 2 },
  ],
  [
    'a pod asked for less',
    'pods',
    pod(),
    { gracePeriodSeconds: 5 },
    'mark',
    { deletionTimestamp: '2026-01-01T12:00:05Z', deletionGracePeriodSeconds: 5 },
  ],
  ['a pod asked for none', 'pods', pod(), { gracePeriodSeconds: 0 }, 'remove'],
  [
    'less than nothing is one second',
    'pods',
    pod(),
    { gracePeriodSeconds: -5 },
    'mark',
    { deletionGracePeriodSeconds: 1 },
  ],
  ['a pod on no node goes at once', 'pods', pod({}, ''), {}, 'remove'],
  [
    'asked again while stopping',
    'pods',
    pod({ deletionTimestamp: '2026-01-01T12:00:20Z', deletionGracePeriodSeconds: 30 }),
    {},
    'pending',
  ],
  [
    'a longer time than it has',
    'pods',
    pod({ deletionTimestamp: '2026-01-01T12:00:20Z', deletionGracePeriodSeconds: 30 }),
    { gracePeriodSeconds: 60 },
    'pending',
  ],
  [
    'a shorter time than it has',
    'pods',
    pod({ deletionTimestamp: '2026-01-01T12:00:20Z', deletionGracePeriodSeconds: 30 }),
    { gracePeriodSeconds: 15 },
    'mark',
    { deletionTimestamp: '2026-01-01T12:00:05Z', deletionGracePeriodSeconds: 15 },
  ],
  [
    'a shorter time that is over already',
    'pods',
    pod({ deletionTimestamp: '2026-01-01T12:00:20Z', deletionGracePeriodSeconds: 30 }),
    { gracePeriodSeconds: 5 },
    'mark',
    { deletionTimestamp: '2026-01-01T12:00:00Z', deletionGracePeriodSeconds: 1 },
  ],
  [
    'at once while stopping',
    'pods',
    pod({ deletionTimestamp: '2026-01-01T12:00:20Z', deletionGracePeriodSeconds: 30 }),
    { gracePeriodSeconds: 0 },
    'remove',
  ],
];
test.each(outcomes)('%s', (_, plural, object, options, outcome, metadata = {}) => {
  const before = structuredClone(object);
  const decision = decideDelete(kind('', plural), object, options, noon);
  expect(decision.outcome).toBe(outcome);
  expect(decision.object.metadata).toMatchObject(metadata);
  expect(object).toEqual(before);
});

test('a namespace terminates until its finalizers are gone', () => {
  const full: KubeObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'n' },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
  const { outcome, object } = decideDelete(kind('', 'namespaces'), full, {}, noon);
  expect([outcome, object['status'], object.metadata.deletionTimestamp]).toEqual([
    'mark',
    { phase: 'Terminating' },
    '2026-01-01T12:00:00Z',
  ]);
  expect(decideDelete(kind('', 'namespaces'), object, {}, noon).outcome).toBe('pending');
  expect(decideDelete(kind('', 'namespaces'), { ...full, spec: { finalizers: [] } }, {}, noon).outcome).toBe('remove');
});

const refused: [string, DeleteOptions, string][] = [
  ['another uid', { preconditions: { uid: 'other' } }, 'Conflict'],
  ['another revision', { preconditions: { resourceVersion: '6' } }, 'Conflict'],
  ['two policies', { propagationPolicy: 'Orphan', orphanDependents: false }, 'Invalid'],
  ['an unknown policy', { propagationPolicy: 'Sideways' }, 'Invalid'],
];
test.each(refused)('%s is refused', (_, options, reason) => {
  expect(() => decideDelete(kind('', 'configmaps'), configMap(), options, noon)).toThrow(
    expect.objectContaining({ reason }),
  );
});
