import { apiVersionOf } from '../api/group-version.js';

/** The API path of an object or, without a name, of a collection: `/apis/apps/v1/namespaces/x/deployments/web`. */
export function apiPath(
  { group, version, plural }: { group: string; version: string; plural: string },
  namespace: string,
  name = '',
): string {
  const root = group === '' ? '/api' : '/apis';
  const scope = namespace === '' || plural === 'namespaces' ? '' : `/namespaces/${namespace}`;
  return `${root}/${apiVersionOf({ group, version })}${scope}/${plural}${name === '' ? '' : `/${name}`}`;
}
