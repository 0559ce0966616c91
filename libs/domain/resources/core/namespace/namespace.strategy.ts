import type { Namespace } from '../../../api/generated/types.js';
import type { Strategy } from '../../define-resource.js';

/** Lets network policies and the like select a namespace by its name. */
const nameLabel = 'kubernetes.io/metadata.name';

/** Held in `spec.finalizers` until the namespace controller has emptied the namespace. */
export const kubernetesFinalizer = 'kubernetes';

/** Every namespace starts Active with the kubernetes finalizer; only the finalize subresource may change its finalizers. */
export const namespaceStrategy: Strategy<Namespace> = {
  prepareForCreate: (namespace) => {
    const given = namespace.spec?.finalizers ?? [];
    return {
      ...namespace,
      // The default label was given to names that were there from the start; a generated one comes later.
      metadata: {
        ...namespace.metadata,
        labels: { ...namespace.metadata.labels, [nameLabel]: namespace.metadata.name ?? '' },
      },
      spec: {
        ...namespace.spec,
        finalizers: given.includes(kubernetesFinalizer) ? given : [...given, kubernetesFinalizer],
      },
      status: { phase: 'Active' },
    };
  },
  prepareForUpdate: (next, current) => ({
    ...next,
    spec: { ...next.spec, finalizers: current.spec?.finalizers },
    status: current.status,
  }),
  prepareForStatusUpdate: (next, current) => ({ ...next, spec: current.spec }),
  deleteReturnsObject: true,
  changesGeneration: () => false,
};
