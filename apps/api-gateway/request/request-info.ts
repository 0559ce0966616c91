/** What a request is about, read from its method and path alone. */
export interface RequestInfo {
  readonly isResource: boolean;
  /** The API verb (get, list, watch, create, …); on a non-resource path the lower-case method. */
  readonly verb: string;
  /** Decoded, without the as-of prefix. */
  readonly path: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** What follows the subresource (proxy paths), without a leading slash. */
  readonly rest: string;
  /** `/as-of/<moment>/…`: the revision, time or range that was asked for. */
  readonly asOf?: string;
}

const verbOfMethod: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Subresources of namespaces themselves: `namespaces/x/status` is no resource in x. */
const namespaceSubresources = new Set(['status', 'finalize']);

const falsy = new Set(['false', '0']);

/** Query flags as the API reads them: present and not false or 0. */
export const isSet = (query: URLSearchParams, name: string): boolean => {
  const value = query.get(name);
  return value !== null && !falsy.has(value.toLowerCase());
};

function decoded(segment: string): string {
  try {
    return segment.includes('%') ? decodeURIComponent(segment) : segment;
  } catch {
    return segment;
  }
}

const nameInFieldSelector = (query: URLSearchParams): string =>
  /(?:^|,)metadata\.name==?([^,]+)(?:,|$)/.exec(query.get('fieldSelector') ?? '')?.[1] ?? '';

/** Pure. Never fails: what is no resource path is a non-resource path. */
export function resolveRequestInfo(method: string, rawPath: string, query: URLSearchParams): RequestInfo {
  const [, moment, rest = '/'] = /^\/as-of\/([^/]+)(\/.*)?$/.exec(rawPath) ?? [];
  const info = atPresent(method, decoded(moment === undefined ? rawPath : rest), query);
  return moment === undefined ? info : { ...info, asOf: decoded(moment) };
}

function atPresent(method: string, fullPath: string, query: URLSearchParams): RequestInfo {
  const segments = fullPath.split('/').filter((part) => part !== '');
  const path = `/${segments.join('/')}`;
  const [group, version, ...found] = groupOf(segments);
  if (group === undefined || version === undefined || found.length === 0) return nonResource(method, path);
  const watchPrefix = found[0] === 'watch' && found.length > 1;
  return {
    isResource: true,
    path,
    group,
    version,
    ...target(watchPrefix ? found.slice(1) : found, method, watchPrefix, query),
  };
}

/** Group, version and what follows them; empty for other paths. */
const groupOf = ([root, ...rest]: readonly string[]): readonly string[] =>
  root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];

function target(
  parts: readonly string[],
  method: string,
  watchPrefix: boolean,
  query: URLSearchParams,
): Pick<RequestInfo, 'namespace' | 'resource' | 'subresource' | 'name' | 'verb' | 'rest'> {
  const inNamespace = parts[0] === 'namespaces' && parts.length > 2 && !namespaceSubresources.has(parts[2] ?? '');
  const [resource = '', name = '', subresource = '', ...rest] = inNamespace ? parts.slice(2) : parts;
  return {
    namespace: inNamespace || resource === 'namespaces' ? (parts[1] ?? '') : '',
    resource,
    subresource,
    rest: rest.join('/'),
    ...resourceVerb(method, name, watchPrefix, query),
  };
}

/** The verb, and the name: a list of one by field selector counts as that one for authorization. */
function resourceVerb(
  method: string,
  name: string,
  watchPrefix: boolean,
  query: URLSearchParams,
): { verb: string; name: string } {
  const verb = verbOfMethod[method] ?? method.toLowerCase();
  if (watchPrefix && verb === 'get') return { verb: 'watch', name: name === '' ? nameInFieldSelector(query) : name };
  if (name !== '') return { verb, name };
  if (verb === 'get') return { verb: isSet(query, 'watch') ? 'watch' : 'list', name: nameInFieldSelector(query) };
  if (verb === 'delete') return { verb: 'deletecollection', name: nameInFieldSelector(query) };
  return { verb, name };
}

const nonResource = (method: string, path: string): RequestInfo => ({
  isResource: false,
  verb: method.toLowerCase(),
  path,
  group: '',
  version: '',
  namespace: '',
  resource: '',
  subresource: '',
  name: '',
  rest: '',
});
