import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fullDepth } from './full-depth.js';
import { allResources, resourceFor, resourceForKind, storedResource } from './resources.js';

/** Folders that hold a `*.resource.ts`, below this one. */
function definitionFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? definitionFiles(join(folder, entry.name))
      : entry.name.endsWith('.resource.ts')
        ? [entry.name]
        : [],
  );
}

it('lists every kind that has a folder', () =>
  expect(fullDepth).toHaveLength(definitionFiles(import.meta.dirname).length));

it('names only resources that the API serves', () =>
  expect(fullDepth.filter((kind) => resourceFor(kind) === undefined).map(({ kind }) => kind)).toEqual([]));

it('finds a resource by its address and by its kind', () => {
  const deployments = resourceFor({ group: 'apps', version: 'v1', plural: 'deployments' });
  expect(deployments).toMatchObject({
    kind: 'Deployment',
    singular: 'deployment',
    shortNames: ['deploy'],
    scope: 'Namespaced',
  });
  expect(resourceForKind({ group: 'apps', version: 'v1', kind: 'Deployment' })).toBe(deployments);
});

it('gives each subresource of scale its paths', () =>
  expect(
    allResources().filter(({ subresources, scale }) => subresources.includes('scale') !== (scale !== undefined)),
  ).toEqual([]));

it('keeps heartbeats and events apart from what is worth keeping', () =>
  expect(
    allResources()
      .filter(({ stream }) => stream !== 'RESOURCES')
      .map(({ group, plural }) => `${group}/${plural}`),
  ).toEqual(['/events', 'events.k8s.io/events', 'coordination.k8s.io/leases']));

it('keeps views where the kind they show is kept', () =>
  expect(
    allResources()
      .filter((resource) => storedResource(resource) !== resource)
      .map((resource) =>
        [resource, storedResource(resource)].map(({ group, version, plural }) => `${group}/${version}/${plural}`),
      ),
  ).toEqual([
    ['events.k8s.io/v1/events', '/v1/events'],
    ['autoscaling/v1/horizontalpodautoscalers', 'autoscaling/v2/horizontalpodautoscalers'],
  ]));
