import { builtInDiscovery, Discovery } from './discovery.js';
import type { DiscoveredResource } from './discovery-documents.js';

const discovery = builtInDiscovery('127.0.0.1:6443');
const aggregatedV2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const kubectl = `${aggregatedV2},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const document = (path: string, accept?: string): any =>
  JSON.parse(discovery.answer(path, accept)?.body.toString() ?? 'null');

it('lists the groups in the order of the reference', () =>
  expect(document('/apis').groups.map(({ name }: { name: string }) => name)).toEqual([
    'apiregistration.k8s.io',
    'apps',
    'events.k8s.io',
    'authentication.k8s.io',
    'authorization.k8s.io',
    'autoscaling',
    'batch',
    'certificates.k8s.io',
    'networking.k8s.io',
    'policy',
    'rbac.authorization.k8s.io',
    'storage.k8s.io',
    'admissionregistration.k8s.io',
    'apiextensions.k8s.io',
    'scheduling.k8s.io',
    'coordination.k8s.io',
    'node.k8s.io',
    'discovery.k8s.io',
    'resource.k8s.io',
    'flowcontrol.apiserver.k8s.io',
  ]));

it('prefers the newest version of a group', () =>
  expect(document('/apis/autoscaling')).toEqual({
    kind: 'APIGroup',
    apiVersion: 'v1',
    name: 'autoscaling',
    versions: [
      { groupVersion: 'autoscaling/v2', version: 'v2' },
      { groupVersion: 'autoscaling/v1', version: 'v1' },
    ],
    preferredVersion: { groupVersion: 'autoscaling/v2', version: 'v2' },
  }));

it('lists a resource and its subresources', () => {
  const replicaSets = document('/apis/apps/v1').resources.filter(({ name }: { name: string }) =>
    name.startsWith('replicasets'),
  );
  expect(replicaSets).toEqual([
    {
      name: 'replicasets',
      singularName: 'replicaset',
      namespaced: true,
      kind: 'ReplicaSet',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['rs'],
      categories: ['all'],
      storageVersionHash: 'P1RzHs8/mWQ=',
    },
    {
      name: 'replicasets/scale',
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    },
    {
      name: 'replicasets/status',
      singularName: '',
      namespaced: true,
      kind: 'ReplicaSet',
      verbs: ['get', 'patch', 'update'],
    },
  ]);
});

describe('aggregated discovery', () => {
  it('is what kubectl asks for first', () => {
    expect(discovery.answer('/apis', kubectl)?.contentType).toBe(aggregatedV2);
    expect(document('/apis', kubectl)).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
    });
  });
  it('has the core group under /api and the others under /apis', () => {
    expect(document('/api', kubectl).items.map(({ metadata }: { metadata: object }) => metadata)).toEqual([{}]);
    expect(document('/apis', kubectl).items).toHaveLength(20);
  });
  it('names the kind of a subresource that is of another group', () =>
    expect(
      document('/api', kubectl).items[0].versions[0].resources.find(
        ({ resource }: { resource: string }) => resource === 'pods',
      ).subresources[3],
    ).toEqual({
      subresource: 'eviction',
      responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
      verbs: ['create'],
    }));
});

it.each([
  ['/apis', 'application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList'],
  ['/apis/apps/v1', aggregatedV2],
])('refuses a form of %s that it does not have: %s', (path, accept) =>
  expect(() => discovery.answer(path, accept)).toThrow(expect.objectContaining({ code: 406 })),
);

it.each(['/apis/nope', '/apis/apps/v9', '/apis/apps/v1/deployments', '/api/v2', '/apis//v1', '/'])(
  'has nothing at %s',
  (path) => expect(discovery.answer(path)).toBeUndefined(),
);

it('serves a slash at the end all the same', () =>
  expect(discovery.answer('/apis/apps/v1/')?.body).toEqual(discovery.answer('/apis/apps/v1')?.body));

it('lists what is put beside the built-in resources, under another ETag', () => {
  const thing: DiscoveredResource = {
    group: 'example.com',
    version: 'v1',
    kind: 'Thing',
    plural: 'things',
    singular: 'thing',
    namespaced: true,
    verbs: ['get'],
    shortNames: [],
    categories: [],
    storedAs: { group: 'example.com', version: 'v1', kind: 'Thing' },
    subresources: [],
  };
  const extended = new Discovery({
    groups: [{ name: 'example.com', versions: ['v1'] }],
    resources: [thing],
    serverAddress: '',
  });
  expect(JSON.parse(extended.answer('/apis/example.com/v1')?.body.toString() ?? '')).toEqual({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'example.com/v1',
    resources: [{ name: 'things', singularName: 'thing', namespaced: true, kind: 'Thing', verbs: ['get'] }],
  });
  expect(extended.answer('/apis')?.etag).not.toBe(discovery.answer('/apis')?.etag);
});
