import type { KubeObject } from '../api/kube-object.js';
import type { ResourceFacts } from '../schema/api-facts.js';
import { ageColumn, nameColumn } from './columns.js';
import type { AnyResource, ResourceTraits, ScalePaths, Strategy } from './define-resource.js';

const defaultScale: ScalePaths = {
  specReplicas: '.spec.replicas',
  statusReplicas: '.status.replicas',
  selector: '.spec.selector',
};

/** Clients do not set the status of what they create, where a status subresource keeps it apart. */
const withoutStatus = ({ status: _ignored, ...object }: KubeObject): KubeObject => object as KubeObject;

/** A kind's traits laid over what the API table says, and over what fits most kinds. Pure. */
export function completeResource(served: ResourceFacts, traits?: ResourceTraits<KubeObject>): AnyResource {
  const subresources = served.subresources.map(({ name }) => name);
  const strategy: Strategy<KubeObject> = {
    ...(subresources.includes('status') ? { prepareForCreate: withoutStatus } : {}),
    ...traits?.strategy,
  };
  return {
    columns: [nameColumn, ageColumn],
    selectableFields: {},
    stream: 'RESOURCES',
    ...(subresources.includes('scale') ? { scale: defaultScale } : {}),
    ...traits,
    group: served.group,
    version: served.version,
    kind: served.kind,
    plural: served.plural,
    singular: served.singular,
    shortNames: served.shortNames,
    categories: served.categories,
    scope: served.namespaced ? 'Namespaced' : 'Cluster',
    verbs: served.verbs,
    subresources,
    strategy,
  };
}
