import { deepEqual } from '../api/deep-equal.js';
import type { KubeObject } from '../api/kube-object.js';

/** Keeps the first of equal owner references. Changes the object; returns the uids that were given more than once. */
export function dropRepeatedOwners({ metadata }: KubeObject): string[] {
  const owners = metadata.ownerReferences ?? [];
  const kept = owners.filter((owner, i) => !owners.slice(0, i).some((earlier) => deepEqual(earlier, owner)));
  if (kept.length === owners.length) return [];
  metadata.ownerReferences = kept;
  return [...new Set(owners.filter((owner) => !kept.includes(owner)).map(({ uid }) => uid))];
}

export const repeatedOwnersWarning = (uids: readonly string[]): string =>
  `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids.join(', ')}`;
