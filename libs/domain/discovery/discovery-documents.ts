import { createHash } from 'node:crypto';
import { apiVersionOf } from '../api/group-version.js';
import type { AnyResource } from '../resources/define-resource.js';
import { resourceFacts, type SubresourceFacts } from '../schema/api-facts.js';

/** A resource as discovery lists it. Built-in ones come from their definitions; custom resources can be put beside them. */
export interface DiscoveredResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** group/version/Kind that the objects are stored as. */
  readonly storedAs: { readonly group: string; readonly version: string; readonly kind: string };
  readonly subresources: readonly Omit<SubresourceFacts, 'type'>[];
}

/** A group's versions, the preferred one first. */
export interface DiscoveredGroup {
  readonly name: string;
  readonly versions: readonly string[];
}

interface GroupVersion {
  readonly groupVersion: string;
  readonly version: string;
}

/** A built-in resource for discovery. */
export function discovered(resource: AnyResource): DiscoveredResource {
  const { group, version, kind, plural, singular, scope, verbs, shortNames, categories, storedAs } = resource;
  return {
    group,
    version,
    kind,
    plural,
    singular,
    namespaced: scope === 'Namespaced',
    verbs,
    shortNames,
    categories,
    storedAs: storedAs ?? { group, version, kind },
    subresources: resourceFacts({ group, version, plural })?.subresources ?? [],
  };
}

const optional = <K extends string>(name: K, list: readonly string[]): Partial<Record<K, readonly string[]>> =>
  list.length === 0 ? {} : ({ [name]: list } as Record<K, readonly string[]>);

/** How clients notice that objects are stored in another version than before. */
const storageVersionHash = ({ group, version, kind }: DiscoveredResource['storedAs']): string =>
  createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');

const otherKind = ({ kindGroup, kindVersion }: Omit<SubresourceFacts, 'type'>): Record<string, string> =>
  kindVersion === undefined ? {} : { ...(kindGroup ? { group: kindGroup } : {}), version: kindVersion };

const legacyEntries = (resource: DiscoveredResource): object[] => [
  {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: resource.verbs,
    ...optional('shortNames', resource.shortNames),
    ...optional('categories', resource.categories),
    ...(resource.verbs.includes('list') && resource.verbs.includes('create')
      ? { storageVersionHash: storageVersionHash(resource.storedAs) }
      : {}),
  },
  ...resource.subresources.map((subresource) => ({
    name: `${resource.plural}/${subresource.name}`,
    singularName: '',
    namespaced: resource.namespaced,
    ...otherKind(subresource),
    kind: subresource.kind,
    verbs: subresource.verbs,
  })),
];

/** `/api/v1`, `/apis/<group>/<version>`: an APIResourceList. */
export const apiResourceList = (
  { group, version }: { group: string; version: string },
  resources: readonly DiscoveredResource[],
): object => ({
  kind: 'APIResourceList',
  ...(group === '' ? {} : { apiVersion: 'v1' }),
  groupVersion: apiVersionOf({ group, version }),
  resources: resources.filter((r) => r.group === group && r.version === version).flatMap(legacyEntries),
});

const groupVersion = (group: string, version: string): GroupVersion => ({
  groupVersion: apiVersionOf({ group, version }),
  version,
});

const groupFields = ({ name, versions }: DiscoveredGroup): object => ({
  name,
  versions: versions.map((version) => groupVersion(name, version)),
  preferredVersion: groupVersion(name, versions[0] ?? ''),
});

/** `/apis/<group>`: an APIGroup. */
export const apiGroup = (group: DiscoveredGroup): object => ({
  kind: 'APIGroup',
  apiVersion: 'v1',
  ...groupFields(group),
});

/** `/apis`: an APIGroupList, the core group not among them. */
export const apiGroupList = (groups: readonly DiscoveredGroup[]): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groups.filter(({ name }) => name !== '').map(groupFields),
});

/** `/api`: the versions of the core group and where clients in any network reach it. */
export const apiVersions = (serverAddress: string): object => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
});

const aggregatedSubresource = (subresource: Omit<SubresourceFacts, 'type'>): object => ({
  subresource: subresource.name,
  responseKind: {
    group: subresource.kindGroup ?? '',
    version: subresource.kindVersion ?? '',
    kind: subresource.kind,
  },
  verbs: subresource.verbs,
});

const aggregatedResource = (resource: DiscoveredResource): object => ({
  resource: resource.plural,
  responseKind: { group: '', version: '', kind: resource.kind },
  scope: resource.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: resource.singular,
  verbs: resource.verbs,
  ...optional('shortNames', resource.shortNames),
  ...optional('categories', resource.categories),
  ...(resource.subresources.length === 0 ? {} : { subresources: resource.subresources.map(aggregatedSubresource) }),
});

/** `/api` (core group only) and `/apis` (all others) in one document: an APIGroupDiscoveryList. */
export const aggregatedDiscovery = (
  groups: readonly DiscoveredGroup[],
  resources: readonly DiscoveredResource[],
): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: groups.map(({ name, versions }) => ({
    metadata: name === '' ? {} : { name },
    versions: versions.map((version) => ({
      version,
      resources: resources.filter((r) => r.group === name && r.version === version).map(aggregatedResource),
      freshness: 'Current',
    })),
  })),
});
