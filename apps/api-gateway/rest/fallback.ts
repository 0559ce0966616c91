import { badRequest, type AnyResource, type KubeObject, type ResourceTraits } from '@shiplog/domain';
import { parse } from 'yaml';
import type { ResourceCatalog } from '../gateway.js';
import type { ObjectCodec } from './object-codec.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const complete = (traits: ResourceTraits<any>): AnyResource => ({
  singular: traits.kind.toLowerCase(),
  shortNames: [],
  categories: [],
  scope: 'Namespaced',
  stream: 'RESOURCES',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  strategy: {},
  selectableFields: {},
  columns: [],
  ...traits,
});

const all = [
  complete({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps' }),
  complete({ group: '', version: 'v1', kind: 'Secret', plural: 'secrets' }),
  complete({ group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', scope: 'Cluster', subresources: ['status'] }),
];

export const fallbackCatalog: ResourceCatalog = {
  all,
  find: ({ group, version, plural }) => all.find((one) => one.group === group && one.version === version && one.plural === plural),
  hasGroupVersion: (group, version) => all.some((one) => one.group === group && one.version === version),
};

export const fallbackCodec: ObjectCodec = {
  decode: (_resource, body) => {
    const object = parse(body.toString('utf8')) as KubeObject | null;
    if (!object) throw badRequest('no object');
    object.metadata ??= {};
    return { object, warnings: [] };
  },
  convert: (_resource, data) => ({ object: data as KubeObject, warnings: [] }),
};
