import { allResources, resourceFor, type AnyResource, type KubeObject } from '@shiplog/domain';
import type { ResourceCatalog } from '../gateway.js';
import type { CachedKind } from '../watch-cache/cluster-cache.js';

const groups = new Set(allResources().map(({ group }) => group));

export const builtInResources: ResourceCatalog = {
  all: allResources(),
  find: resourceFor,
  hasGroup: (group) => groups.has(group),
};

const isViewOf = (view: AnyResource, { group, plural }: AnyResource): boolean =>
  view.storedAs?.group === group && view.storedAs.plural === plural;

/** The kinds that the log keeps. They can be selected by the fields of their views too. */
export const cachedKinds = (resources: readonly AnyResource[]): CachedKind[] =>
  resources
    .filter(({ storedAs, verbs }) => !storedAs && verbs.includes('list'))
    .map((resource) => {
      const { group, plural, stream, selectableFields } = resource;
      const views = resources.filter((view) => isViewOf(view, resource)).map(fieldsOfView);
      return {
        group,
        plural,
        stream,
        selectableFields: Object.assign({}, selectableFields, ...views) as CachedKind['selectableFields'],
      };
    });

const fieldsOfView = ({ storedAs, selectableFields }: AnyResource): CachedKind['selectableFields'] =>
  Object.fromEntries(
    Object.entries(selectableFields).map(([path, value]) => [
      path,
      (object: KubeObject) => value(storedAs?.fromStored(object)),
    ]),
  );
