import { resourceFacts } from '@shiplog/domain';
import { findEndpoint, type Gateway } from '../gateway.js';
import type { MetricsSources } from './request-metrics.js';
import type { RequestInfo } from './request-info.js';

/** What the metrics ask the gateway that they are part of. */
export const metricsSources = (
  gateway: () => Pick<Gateway, 'cache' | 'resources' | 'endpoints' | 'subresources'>,
): Pick<MetricsSources, 'objects' | 'isServed' | 'endpointOf'> => ({
  objects: () => presentObjects(gateway()),
  isServed: (info) => isServed(gateway(), info),
  endpointOf: (path) => findEndpoint(gateway(), path)?.path,
});

function* presentObjects({
  cache,
  resources,
}: Pick<Gateway, 'cache' | 'resources'>): ReturnType<MetricsSources['objects']> {
  const told = new Set<unknown>();
  for (const { group, plural, storedAs } of resources.all) {
    const kind = storedAs ? undefined : cache.kind(group, plural);
    if (!kind || told.has(kind)) continue;
    told.add(kind);
    yield { group, plural, count: kind.present };
  }
}

function isServed(
  { resources, subresources }: Pick<Gateway, 'resources' | 'subresources'>,
  { group, version, resource, subresource }: RequestInfo,
): boolean {
  const found = resources.find({ group, version, plural: resource });
  if (!found) return false;
  if (subresource === '' || resourceFacts(found)?.subresources.some(({ name }) => name === subresource)) return true;
  return subresources.some(
    ({ name, resource: { group: its, plural } }) => name === subresource && its === group && plural === resource,
  );
}
