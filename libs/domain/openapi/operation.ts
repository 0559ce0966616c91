export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete' | 'head' | 'options';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

/** One request that the API answers, in the terms that both versions of OpenAPI need. */
export interface Operation {
  readonly path: string;
  readonly method: Method;
  readonly id: string;
  readonly tag: string;
  readonly description: string;
  /** What is done to which kind; absent for documents, which are no resources. */
  readonly action?: string;
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly parameters: readonly Parameter[];
  readonly bodyType?: string;
  /** Name of the type that is answered; absent: text or a stream. */
  readonly answerType?: string;
  /** Media types of the answer. */
  readonly produces: readonly string[];
}

export const metaTypes = 'io.k8s.apimachinery.pkg.apis.meta.v1';

export const objectMedia = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const words = (text: string): string => text.split(/[.-]/).map(capitalized).join('');

export const pathPrefix = (group: string, version: string): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

const shortName = (group: string): string => (group === '' ? 'core' : group.replace(/\.k8s\.io$/, ''));

/** `core_v1`, `apps_v1`, `apps`: what operations of a group are listed under. */
export const tagOf = (group: string, version?: string): string =>
  [shortName(group).replaceAll(/[.-]/g, ''), ...(version === undefined ? [] : [version])].join('_');

/** `AppsV1`, `CoreV1`, `RbacAuthorizationV1`: what ids of a group's operations have in them. */
export const family = (group: string, version = ''): string => `${words(shortName(group))}${capitalized(version)}`;

/** Splits the parameters of a path's operations into what all of them take and what each takes besides. */
export function sharedParameters(operations: readonly Operation[]): {
  shared: readonly Parameter[];
  own: (operation: Operation) => readonly Parameter[];
} {
  const isShared = ({ name, in: place }: Parameter): boolean =>
    operations.every(({ parameters }) => parameters.some((other) => other.name === name && other.in === place));
  return {
    shared: (operations[0]?.parameters ?? []).filter(isShared),
    own: ({ parameters }) => parameters.filter((parameter) => !isShared(parameter)),
  };
}

/** The operations of each path, in the order of the paths' first appearance. */
export function byPath(operations: readonly Operation[]): Map<string, Operation[]> {
  const paths = new Map<string, Operation[]>();
  for (const operation of operations) {
    const known = paths.get(operation.path);
    if (known) known.push(operation);
    else paths.set(operation.path, [operation]);
  }
  return paths;
}
