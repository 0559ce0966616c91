import type { GroupVersionKind, GroupVersionResource } from '../api/group-version.js';
import { servedResources } from '../schema/api-facts.js';
import { completeResource } from './complete-resource.js';
import type { AnyResource, ResourceTraits } from './define-resource.js';
import { fullDepth } from './full-depth.js';
import { views } from './stored-as/views.js';

const key = (group: string, version: string, name: string): string => `${group}/${version}/${name}`;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const stated = new Map<string, ResourceTraits<any>>(
  [...fullDepth, ...views].map((traits) => [key(traits.group, traits.version, traits.plural), traits]),
);

const resources: readonly AnyResource[] = servedResources.map((facts) =>
  completeResource(facts, stated.get(key(facts.group, facts.version, facts.plural))),
);
const byResource = new Map(resources.map((r) => [key(r.group, r.version, r.plural), r]));
const byKind = new Map(resources.map((r) => [key(r.group, r.version, r.kind), r]));

/** Every built-in resource that is served, in discovery order. */
export const allResources = (): readonly AnyResource[] => resources;

/** Undefined for what is not served. */
export const resourceFor = ({ group, version, plural }: GroupVersionResource): AnyResource | undefined =>
  byResource.get(key(group, version, plural));

export const resourceForKind = ({ group, version, kind }: GroupVersionKind): AnyResource | undefined =>
  byKind.get(key(group, version, kind));

/** The resource whose objects the log keeps: itself, unless it is another view of a stored kind. */
export function storedResource(resource: AnyResource): AnyResource {
  if (!resource.storedAs) return resource;
  const stored = resourceFor(resource.storedAs);
  if (!stored) throw new Error(`${resource.plural}.${resource.group} is stored as something that is not served`);
  return stored;
}
