import { resourceFor } from '../resources/resources.js';
import type { KubeObject, ObjectMeta } from '../api/kube-object.js';
import type { AnyResource } from '../resources/define-resource.js';
import { decideCreate, stampNew, type WriteRules } from './decide-create.js';

const kind = (group: string, plural: string): AnyResource => {
  const found = resourceFor({ group, version: 'v1', plural });
  if (!found) throw new Error(`no ${plural}`);
  return found;
};
const configMaps = kind('', 'configmaps');
const nodes = kind('', 'nodes');
const rules: WriteRules = { now: new Date('2026-01-02T03:04:05.678Z'), newUid: () => 'uid-1', random: () => 0 };

const create = (resource: AnyResource, metadata: ObjectMeta, fields: object = {}): KubeObject => {
  const object: KubeObject = { apiVersion: 'v1', kind: resource.kind, metadata, ...fields };
  stampNew(resource, object, 'here', rules);
  return decideCreate(resource, object, rules);
};

test('a new object gets its identity from the server, whatever the client says', () => {
  const { metadata } = create(configMaps, {
    name: 'a',
    uid: 'mine',
    creationTimestamp: '1999-01-01T00:00:00Z',
    deletionTimestamp: 'x',
  });
  expect(metadata).toEqual({ name: 'a', namespace: 'here', uid: 'uid-1', creationTimestamp: '2026-01-02T03:04:05Z' });
});

test('a generated name is the prefix and five characters, and fits a label', () => {
  expect(create(configMaps, { generateName: 'job-' }).metadata.name).toBe('job-bbbbb');
  expect(create(configMaps, { generateName: 'g'.repeat(80) }).metadata.name).toHaveLength(63);
});

test('kinds that ask for something count their generations, others do not', () => {
  const spec = {
    template: {
      metadata: { labels: { a: 'b' } },
      spec: {
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' }],
      },
    },
    selector: { matchLabels: { a: 'b' } },
  };
  expect(create(configMaps, { name: 'a' }).metadata.generation).toBeUndefined();
  expect(create(kind('apps', 'replicasets'), { name: 'a', generation: 7 }, { spec }).metadata.generation).toBe(1);
});

test('cluster-scoped objects have no namespace', () => {
  expect(create(nodes, { name: 'n', namespace: 'there' }).metadata.namespace).toBeUndefined();
});

const refused: [string, ObjectMeta, string][] = [
  ['another namespace than the path', { name: 'a', namespace: 'there' }, 'BadRequest'],
  ['a resourceVersion', { name: 'a', resourceVersion: '5' }, 'BadRequest'],
  ['no name at all', {}, 'Invalid'],
  ['a name that is no DNS subdomain', { name: 'A_b' }, 'Invalid'],
];
test.each(refused)('%s is refused', (_, metadata, reason) => {
  expect(() => create(configMaps, metadata)).toThrow(expect.objectContaining({ reason }));
});

test('every violation is named, with its path', () => {
  const failing = () => create(configMaps, { name: 'A_b', labels: { 'a b': 'c' } }, { data: { 'x y': 'z' } });
  expect(failing).toThrow(
    expect.objectContaining({
      details: expect.objectContaining({
        causes: expect.arrayContaining([
          expect.objectContaining({ field: 'data[x y]' }),
          expect.objectContaining({ field: 'metadata.name' }),
          expect.objectContaining({ field: 'metadata.labels' }),
        ]),
      }),
    }),
  );
});

test('a finalizer says whose it is, except a standard one, and except on leases', () => {
  const finalizers = ['kubernetes', 'example.com/a', 'bare'];
  expect(() => create(configMaps, { name: 'a', finalizers })).toThrow(
    'metadata.finalizers[2]: Invalid value: "bare": name is neither a standard finalizer name nor is it fully qualified',
  );
  expect(create(kind('coordination.k8s.io', 'leases'), { name: 'a', finalizers }).metadata.finalizers).toEqual(
    finalizers,
  );
});

test('a namespace carries its name as a label, a generated one too', () =>
  expect(create(kind('', 'namespaces'), { generateName: 'ns-' }).metadata.labels).toEqual({
    'kubernetes.io/metadata.name': 'ns-bbbbb',
  }));

test('fields of features that are off are dropped', () => {
  const lease = { spec: { holderIdentity: 'me', strategy: 'OldestEmulationVersion', preferredHolder: 'you' } };
  expect(create(kind('coordination.k8s.io', 'leases'), { name: 'a' }, lease)['spec']).toEqual({ holderIdentity: 'me' });
  expect(create(nodes, { name: 'a' }, { spec: { configSource: {} } })['spec']).toEqual({});
});
