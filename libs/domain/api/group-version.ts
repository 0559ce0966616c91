/** A resource as the API addresses it: `{ group: 'apps', version: 'v1', plural: 'deployments' }`; the core group is ''. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** `apps/v1`, or `v1` for the core group. */
export const apiVersionOf = ({ group, version }: { group: string; version: string }): string =>
  group === '' ? version : `${group}/${version}`;

/** Inverse of apiVersionOf: 'v1' → ['', 'v1']. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `deployments.apps`, or `pods` for the core group: how messages and RBAC name a resource. */
export const groupResource = ({ group, plural }: { group: string; plural: string }): string =>
  group === '' ? plural : `${plural}.${group}`;
