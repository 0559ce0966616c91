import type { ResourceFacts, SubresourceFacts } from '../schema/api-facts.js';
import {
  deleting,
  forced,
  listing,
  logging,
  nameInPath,
  namespaceInPath,
  optionsOf,
  pretty,
  restOfPath,
  watching,
  writing,
} from './operation-parameters.js';
import {
  capitalized,
  family,
  metaTypes,
  objectMedia,
  pathPrefix,
  tagOf,
  words,
  type Method,
  type Operation,
  type Parameter,
} from './operation.js';

const listMedia = [...objectMedia, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];

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

function bodyOf(verb: string, type: string): string | undefined {
  if (verb === 'create' || verb === 'update') return type;
  if (verb === 'patch') return `${metaTypes}.Patch`;
  return verb === 'delete' || verb === 'deletecollection' ? `${metaTypes}.DeleteOptions` : undefined;
}

function answerOf(verb: string, type: string): string {
  if (verb === 'list') return `${type}List`;
  return verb === 'delete' || verb === 'deletecollection' ? `${metaTypes}.Status` : type;
}

/** Where requests go: a collection, an object or a part of one. */
interface Target {
  readonly resource: ResourceFacts;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly idSuffix: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly type: string;
}

const idOf = (name: string, { resource: { group, version }, path, idSuffix }: Target, how = ''): string =>
  `${name}${family(group, version)}${how}${path.includes('{namespace}') ? 'Namespaced' : ''}${idSuffix}`;

function operation(target: Target, verb: string): Operation[] {
  const form = verbForms[verb];
  if (!form) return [];
  const { resource, path, parameters, kind, type } = target;
  const bodyType = bodyOf(verb, type);
  const isText = path.endsWith('/log');
  return [
    {
      path,
      method: form.method,
      id: idOf(verbNames[verb] ?? verb, target, verb === 'deletecollection' ? 'Collection' : ''),
      tag: tagOf(resource.group, resource.version),
      action: form.action,
      description: form.text(kind.kind),
      kind,
      parameters: [...parameters, pretty, ...(isText ? logging : form.parameters)],
      ...(bodyType === undefined ? {} : { bodyType }),
      ...(isText
        ? { produces: ['text/plain'] }
        : { produces: verb === 'list' ? listMedia : objectMedia, answerType: answerOf(verb, type) }),
    },
  ];
}

const connections = new Set(['attach', 'exec', 'portforward', 'proxy']);
const connectionMethods: Readonly<Record<string, readonly Method[]>> = {
  get: ['get', 'head', 'options'],
  update: ['put'],
  create: ['post'],
  delete: ['delete'],
  patch: ['patch'],
};

/** Requests that hand the connection on. Only a proxy cares about the method. */
function connectOperations({ verbs, name, type }: SubresourceFacts, target: Target): Operation[] {
  const { resource, path, parameters, kind } = target;
  const methods = verbs.flatMap((verb) => connectionMethods[verb] ?? []);
  const own = name === 'proxy' ? methods : methods.filter((method) => method === 'get' || method === 'post');
  return own.map((method) => ({
    path,
    method,
    id: idOf('connect', target, capitalized(method)),
    tag: tagOf(resource.group, resource.version),
    action: 'connect',
    description: `connect ${method.toUpperCase()} requests to ${name} of ${resource.kind}`,
    kind,
    parameters: [...parameters, ...optionsOf(type)],
    produces: ['*/*'],
  }));
}

function subresourceOperations(resource: ResourceFacts, sub: SubresourceFacts, object: Target): Operation[] {
  const target: Target = {
    ...object,
    path: `${object.path}/${sub.name}`,
    idSuffix: `${resource.kind}${words(sub.name)}`,
    kind: { group: sub.kindGroup ?? resource.group, version: sub.kindVersion ?? resource.version, kind: sub.kind },
    type: sub.type,
  };
  if (!connections.has(sub.name)) return sub.verbs.flatMap((verb) => operation(target, verb));
  const below: Target = {
    ...target,
    path: `${target.path}/{path}`,
    idSuffix: `${target.idSuffix}WithPath`,
    parameters: [...object.parameters, restOfPath],
  };
  return [...connectOperations(sub, target), ...(sub.name === 'proxy' ? connectOperations(sub, below) : [])];
}

/** Paths below /watch/, from before `watch` was a parameter. Still answered. */
function watchOperation(target: Target, action: 'watch' | 'watchlist', idEnd = ''): Operation {
  const { resource, path, parameters, kind } = target;
  const prefix = pathPrefix(resource.group, resource.version);
  const of = action === 'watch' ? `an object of kind ${kind.kind}` : `individual changes to a list of ${kind.kind}`;
  return {
    path: `${prefix}/watch${path.slice(prefix.length)}`,
    method: 'get',
    id: `${idOf('watch', target)}${idEnd}`,
    tag: tagOf(resource.group, resource.version),
    action,
    description: `watch ${of}; deprecated: use the \`watch\` parameter of a list`,
    kind,
    parameters: [...parameters, pretty, ...listing, ...watching],
    answerType: `${metaTypes}.WatchEvent`,
    produces: listMedia,
  };
}

/** All requests of a resource and its subresources. Pure. */
export function operationsOf(resource: ResourceFacts): Operation[] {
  const { group, version, plural, namespaced, kind, type, verbs, subresources } = resource;
  const prefix = pathPrefix(group, version);
  const own = { resource, idSuffix: kind, kind: { group, version, kind }, type };
  const collection: Target = {
    ...own,
    path: namespaced ? `${prefix}/namespaces/{namespace}/${plural}` : `${prefix}/${plural}`,
    parameters: namespaced ? [namespaceInPath] : [],
  };
  const object: Target = {
    ...collection,
    path: `${collection.path}/{name}`,
    parameters: [...collection.parameters, nameInPath],
  };
  const everywhere: Target = {
    ...own,
    path: `${prefix}/${plural}`,
    parameters: [],
    idSuffix: `${kind}ForAllNamespaces`,
  };
  const listed = { ...everywhere, idSuffix: `${kind}ListForAllNamespaces` };
  const watches = verbs.includes('watch')
    ? [
        ...(namespaced ? [watchOperation(listed, 'watchlist')] : []),
        watchOperation(collection, 'watchlist', 'List'),
        watchOperation(object, 'watch'),
      ]
    : [];
  return [
    ...(namespaced && verbs.includes('list') ? operation(everywhere, 'list') : []),
    ...verbs.filter((verb) => onCollection.has(verb)).flatMap((verb) => operation(collection, verb)),
    ...verbs.filter((verb) => !onCollection.has(verb)).flatMap((verb) => operation(object, verb)),
    ...subresources.flatMap((sub) => subresourceOperations(resource, sub, object)),
    ...watches,
  ];
}
