import { resourceFor } from '../resources/resources.js';
import type { KubeObject, ObjectMeta } from '../api/kube-object.js';
import type { AnyResource } from '../resources/define-resource.js';
import { changeClass } from './change-class.js';
import { decideUpdate, releasesDeleted } from './decide-update.js';

const kind = (group: string, plural: string): AnyResource => {
  const found = resourceFor({ group, version: 'v1', plural });
  if (!found) throw new Error(`no ${plural}`);
  return found;
};
const rules = { now: new Date(0), newUid: () => 'new' };
const stored = {
  name: 'a',
  namespace: 'here',
  uid: 'u',
  resourceVersion: '7',
  creationTimestamp: '2026-01-01T00:00:00Z',
};
const template = {
  metadata: { labels: { a: 'b' } },
  spec: {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' }],
  },
};
const replicaSet = (replicas: number, metadata: ObjectMeta = {}, status: object = { replicas: 0 }): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { ...stored, generation: 3, ...metadata },
  spec: { replicas, selector: { matchLabels: { a: 'b' } }, template },
  status,
});
const current = replicaSet(1);
const update = (
  next: KubeObject,
  subresource = '',
  resource = kind('apps', 'replicasets'),
  from = current,
): KubeObject =>
  decideUpdate(resource, structuredClone(next), from, { namespace: 'here', name: 'a', subresource }, rules);

const outcomes: [string, KubeObject, string, object][] = [
  ['a changed spec is a new generation', replicaSet(2), '', { metadata: { generation: 4 } }],
  [
    'an equal spec is none',
    replicaSet(1, { labels: { x: 'y' } }),
    '',
    { metadata: { generation: 3, labels: { x: 'y' } } },
  ],
  ['the client cannot set the generation', replicaSet(1, { generation: 9 }), '', { metadata: { generation: 3 } }],
  [
    'nor the time of creation',
    replicaSet(1, { creationTimestamp: '1999-01-01T00:00:00Z' }),
    '',
    { metadata: { creationTimestamp: stored.creationTimestamp } },
  ],
  ['the resource keeps its status', replicaSet(1, {}, { replicas: 5 }), '', { status: { replicas: 0 } }],
  [
    'the status endpoint keeps the spec',
    replicaSet(9, {}, { replicas: 1 }),
    'status',
    { spec: { replicas: 1 }, status: { replicas: 1 }, metadata: { generation: 3 } },
  ],
  ['no resourceVersion: whatever is there', replicaSet(2, { resourceVersion: '' }), '', { spec: { replicas: 2 } }],
];
test.each(outcomes)('%s', (_, next, subresource, expected) => {
  const before = structuredClone(current);
  expect(update(next, subresource)).toMatchObject(expected);
  expect(current).toEqual(before);
});

const refused: [string, KubeObject, string, RegExp][] = [
  ['an older state', replicaSet(1, { resourceVersion: '6' }), 'Conflict', /the object has been modified/],
  ['another name', replicaSet(1, { name: 'b' }), 'BadRequest', /does not match the name on the URL/],
  ['another namespace', replicaSet(1, { namespace: 'there' }), 'BadRequest', /does not match the namespace/],
  ['another uid', replicaSet(1, { uid: 'other' }), 'Invalid', /metadata.uid/],
  [
    'an owner of no version',
    replicaSet(1, { ownerReferences: [{ apiVersion: 'a/b/c', kind: 'K', name: 'n', uid: 'u' }] }),
    'Invalid',
    /ownerReferences.apiVersion: Invalid value: "a\/b\/c": version must not be empty/,
  ],
  [
    'a long label',
    replicaSet(1, { labels: { a: 'x'.repeat(64) } }),
    'Invalid',
    /metadata.labels: Invalid value: "x+": must be no more than 63 bytes/,
  ],
  ['a bad spec', replicaSet(-1), 'Invalid', /spec.replicas/],
];
test.each(refused)('%s is refused', (_, next, reason, message) => {
  expect(() => update(next)).toThrow(
    expect.objectContaining({ reason, message: expect.stringMatching(message) as string }),
  );
});

test('what no object may change is said once and counted twice', () => {
  const field = 'metadata.uid';
  const uid = { reason: 'FieldValueInvalid', field, message: 'Invalid value: "other": field is immutable' };
  expect(() => update(replicaSet(1, { uid: 'other' }))).toThrow(
    expect.objectContaining({
      message: `ReplicaSet.apps "a" is invalid: ${field}: ${uid.message}`,
      details: expect.objectContaining({ causes: [uid, uid] }) as object,
    }),
  );
});

test('a lease must say which state it updates', () => {
  const lease: KubeObject = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: stored, spec: {} };
  const leases = kind('coordination.k8s.io', 'leases');
  const next = { ...lease, metadata: { ...stored, resourceVersion: '' } };
  expect(() => update(next, '', leases, lease)).toThrow(expect.objectContaining({ reason: 'Invalid' }));
});

const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0, finalizers: ['x.io/y'] };
const releases: [string, ObjectMeta, ObjectMeta, boolean][] = [
  ['the last finalizer goes', deleting, { ...deleting, finalizers: [] }, true],
  ['one finalizer stays', { ...deleting, finalizers: ['a.io/b', 'x.io/y'] }, deleting, false],
  ['it is not being deleted', { finalizers: ['x.io/y'] }, {}, false],
  ['it still has time', { ...deleting, deletionGracePeriodSeconds: 5 }, { ...deleting, finalizers: [] }, false],
];
test.each(releases)('an update ends a deleted object when %s: %#', (_, before, after, expected) => {
  expect(releasesDeleted(replicaSet(1, after), replicaSet(1, before))).toBe(expected);
});

const changes: [KubeObject, string][] = [
  [replicaSet(2, { labels: { x: 'y' } }, { replicas: 4 }), 'spec'],
  [replicaSet(1, { labels: { x: 'y' } }, { replicas: 4 }), 'status'],
  [replicaSet(1, { labels: { x: 'y' } }), 'metadata'],
];
test.each(changes)('what a change touched: %#', (next, expected) => expect(changeClass(next, current)).toBe(expected));
