import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { allResources, resourceFor, resourceForKind, traits } from './resources.js';

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
  expect(traits).toHaveLength(definitionFiles(import.meta.dirname).length));

it('names only resources that the API serves', () =>
  expect(traits.filter((kind) => resourceFor(kind) === undefined).map(({ kind }) => kind)).toEqual([]));

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
      .map(({ plural }) => plural),
  ).toEqual(['events', 'leases']));
