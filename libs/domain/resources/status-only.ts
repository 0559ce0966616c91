import type { KubeObject } from '../api/kube-object.js';

/** The status endpoint of some kinds takes the status alone: unlike elsewhere, not even labels. */
export const statusOnly = <T extends KubeObject>(next: T, current: T): T => ({
  ...current,
  metadata: {
    ...current.metadata,
    ...(next.metadata.managedFields ? { managedFields: next.metadata.managedFields } : {}),
  },
  status: next.status,
});
