import type { ResourceFacts, SubresourceFacts } from '../schema/api-facts.js';

export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

/** One request that a resource answers, in the terms that both versions of OpenAPI need. */
export interface Operation {
  readonly path: string;
  readonly method: Method;
  readonly id: string;
  readonly tag: string;
  readonly action: string;
  readonly description: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly parameters: readonly Parameter[];
  readonly bodyType?: string;
  readonly answerType: string;
  /** The answer is text or a stream, not an object. */
  readonly answersText: boolean;
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  type,
  description,
});

const inPath: Record<string, Parameter> = {
  namespace: { name: 'namespace', in: 'path', type: 'string', description: 'The namespace of the objects.' },
  name: { name: 'name', in: 'path', type: 'string', description: 'The name of the object.' },
};

const listing = [
  query('labelSelector', 'string', 'Only objects whose labels match, e.g. app=web,tier!=test.'),
  query('fieldSelector', 'string', 'Only objects whose fields match, e.g. metadata.name=web.'),
  query('limit', 'integer', 'At most so many objects; the rest follows with `continue`.'),
  query('continue', 'string', 'Where the previous answer ended.'),
  query('resourceVersion', 'string', 'The state as of this revision; unset: the latest.'),
  query('resourceVersionMatch', 'string', 'Exact or NotOlderThan.'),
  query('timeoutSeconds', 'integer', 'Ends the request after this time.'),
];
const watching = [
  query('watch', 'boolean', 'Streams changes instead of a list.'),
  query('allowWatchBookmarks', 'boolean', 'Sends BOOKMARK events, to resume from.'),
  query(
    'sendInitialEvents',
    'boolean',
    'A watch begins with the present objects; needs resourceVersionMatch=NotOlderThan.',
  ),
];
const writing = [
  query('dryRun', 'string', 'All: decide and answer, but store nothing.'),
  query('fieldManager', 'string', 'Who owns the fields that this request sets.'),
  query('fieldValidation', 'string', 'Strict, Warn or Ignore: what becomes of unknown and duplicate fields.'),
];
const deleting = [
  query('dryRun', 'string', 'All: decide and answer, but store nothing.'),
  query('gracePeriodSeconds', 'integer', 'How long the object may take to end.'),
  query('propagationPolicy', 'string', 'Orphan, Background or Foreground: what becomes of dependents.'),
];
const forced = query('force', 'boolean', 'Apply takes fields over from other managers.');
const logging = [
  query('container', 'string', 'Which container; needed where there are several.'),
  query('follow', 'boolean', 'Streams what is still to come.'),
  query('previous', 'boolean', 'Of the instance that ended last.'),
  query('sinceSeconds', 'integer', 'Only what is newer than this.'),
  query('tailLines', 'integer', 'Only the last lines.'),
  query('timestamps', 'boolean', 'Every line begins with its time.'),
  query('limitBytes', 'integer', 'At most so many bytes.'),
];

const verbForms: Record<
  string,
  { method: Method; action: string; text: (kind: string) => string; parameters: readonly Parameter[] }
> = {
  list: {
    method: 'get',
    action: 'list',
    text: (kind) => `list or watch objects of kind ${kind}`,
    parameters: [...listing, ...watching],
  },
  create: { method: 'post', action: 'post', text: (kind) => `create a ${kind}`, parameters: writing },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    text: (kind) => `delete collection of ${kind}`,
    parameters: [...listing, ...deleting],
  },
  get: { method: 'get', action: 'get', text: (kind) => `read the specified ${kind}`, parameters: [] },
  update: { method: 'put', action: 'put', text: (kind) => `replace the specified ${kind}`, parameters: writing },
  patch: {
    method: 'patch',
    action: 'patch',
    text: (kind) => `partially update the specified ${kind}`,
    parameters: [...writing, forced],
  },
  delete: { method: 'delete', action: 'delete', text: (kind) => `delete a ${kind}`, parameters: deleting },
};

const onCollection = new Set(['list', 'create', 'deletecollection']);
const verbNames: Record<string, string> = { get: 'read', update: 'replace', deletecollection: 'delete' };
const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const words = (text: string): string => text.split(/[.-]/).map(capitalized).join('');

const prefixOf = (group: string, version: string): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

/** `appsV1`, `coreV1`, `rbacAuthorizationV1`: what operations of a group and version are called by. */
const family = (group: string, version: string): string =>
  `${words(group === '' ? 'core' : group.replace(/\.k8s\.io$/, ''))}${capitalized(version)}`;

function bodyOf(verb: string, type: string): string | undefined {
  if (verb === 'create' || verb === 'update') return type;
  if (verb === 'patch') return `${meta}.Patch`;
  return verb === 'delete' || verb === 'deletecollection' ? `${meta}.DeleteOptions` : undefined;
}

function answerOf(verb: string, type: string): string {
  if (verb === 'list') return `${type}List`;
  return verb === 'delete' || verb === 'deletecollection' ? `${meta}.Status` : type;
}

interface Target {
  readonly resource: ResourceFacts;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly idSuffix: string;
  readonly kind: Operation['kind'];
  readonly type: string;
}

/** Subresources that hand the connection on. */
const isConnection = (path: string): boolean => /\{name\}\/(attach|exec|portforward|proxy)$/.test(path);

function operationId(
  verb: string,
  method: Method,
  { group, version }: ResourceFacts,
  path: string,
  suffix: string,
): string {
  const scope = path.includes('{namespace}') ? 'Namespaced' : '';
  const collection = verb === 'deletecollection' ? 'Collection' : '';
  const name = isConnection(path) ? 'connect' : (verbNames[verb] ?? verb);
  const how = isConnection(path) ? capitalized(method) : '';
  return `${name}${family(group, version)}${how}${collection}${scope}${suffix}`;
}

function operation({ resource, path, parameters, idSuffix, kind, type }: Target, verb: string): Operation[] {
  const form = verbForms[verb];
  if (!form) return [];
  const { group, version } = resource;
  const bodyType = bodyOf(verb, type);
  const isText = path.endsWith('/log');
  return [
    {
      path,
      method: form.method,
      id: operationId(verb, form.method, resource, path, idSuffix),
      tag: `${(group === '' ? 'core' : group.replace(/\.k8s\.io$/, '')).replaceAll(/[.-]/g, '')}_${version}`,
      action: isConnection(path) ? 'connect' : form.action,
      description: form.text(kind.kind),
      kind,
      parameters: [...parameters, ...(isText ? logging : form.parameters)],
      ...(bodyType === undefined ? {} : { bodyType }),
      answerType: answerOf(verb, type),
      answersText: isText,
    },
  ];
}

const subresourceOperations = (resource: ResourceFacts, sub: SubresourceFacts, base: Target): Operation[] =>
  sub.verbs.flatMap((verb) =>
    operation(
      {
        ...base,
        path: `${base.path}/${sub.name}`,
        idSuffix: `${resource.kind}${words(sub.name)}`,
        kind: { group: sub.kindGroup ?? resource.group, version: sub.kindVersion ?? resource.version, kind: sub.kind },
        type: sub.type,
      },
      verb,
    ),
  );

/** All requests of a resource and its subresources. Pure. */
export function operationsOf(resource: ResourceFacts): Operation[] {
  const { group, version, plural, namespaced, kind, type, verbs, subresources } = resource;
  const prefix = prefixOf(group, version);
  const collection = namespaced ? `${prefix}/namespaces/{namespace}/${plural}` : `${prefix}/${plural}`;
  const own = { resource, idSuffix: kind, kind: { group, version, kind }, type };
  const namespace = namespaced && inPath['namespace'] ? [inPath['namespace']] : [];
  const object: Target = {
    ...own,
    path: `${collection}/{name}`,
    parameters: [...namespace, ...(inPath['name'] ? [inPath['name']] : [])],
  };
  const everywhere =
    namespaced && verbs.includes('list')
      ? operation({ ...own, path: `${prefix}/${plural}`, parameters: [], idSuffix: `${kind}ForAllNamespaces` }, 'list')
      : [];
  return [
    ...everywhere,
    ...verbs
      .filter((verb) => onCollection.has(verb))
      .flatMap((verb) => operation({ ...own, path: collection, parameters: namespace }, verb)),
    ...verbs.filter((verb) => !onCollection.has(verb)).flatMap((verb) => operation(object, verb)),
    ...subresources.flatMap((sub) => subresourceOperations(resource, sub, object)),
  ];
}
