import {
  ageColumn,
  invalid,
  invalidObject,
  labelMatcher,
  labelsMatcher,
  notFound,
  printLabelMatcher,
  storedResource,
  FieldPath,
  type AnyResource,
  type Column,
  type KubeObject,
  type Labels,
  type LabelSelector,
} from '@shiplog/domain';
import type { Answer } from '../../request/incoming-request.js';
import { objectAnswer } from '../object-answer.js';
import { ensureDecodable, contentTypeOf, readBody } from '../request-body.js';
import type { ResourceCall, Verb } from '../resource-call.js';
import { awaitRevision } from '../read-revision.js';
import { cacheOf } from '../stored-view.js';
import { fieldValidationOf, writeRequest } from '../write-options.js';
import { ensureName } from './update.js';
import { converted, patchOf } from './patch.js';

interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas?: number; selector?: string };
}

const scaleColumns: readonly Column<Scale>[] = [
  {
    name: 'Name',
    type: 'string',
    description: 'Name of the object that is scaled.',
    value: ({ metadata }) => metadata.name ?? '',
  },
  { name: 'Desired', type: 'integer', description: 'Replicas asked for.', value: ({ spec }) => spec?.replicas ?? 0 },
  {
    name: 'Available',
    type: 'integer',
    description: 'Replicas there are.',
    value: ({ status }) => status?.replicas ?? 0,
  },
  ageColumn,
];

/** Not a resource of its own: what is read and written under the scale subresource of others. */
const scaleKind: AnyResource = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scale',
  singular: 'scale',
  shortNames: [],
  categories: [],
  scope: 'Namespaced',
  stream: 'RESOURCES',
  verbs: [],
  subresources: [],
  strategy: {},
  selectableFields: {},
  columns: scaleColumns,
};

const at = (path: string): string[] => path.split('.').filter(Boolean);

const valueAt = (object: unknown, path: string): unknown =>
  at(path).reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], object);

function withValueAt(
  object: Record<string, unknown>,
  [name = '', ...rest]: string[],
  value: unknown,
): Record<string, unknown> {
  const below = (object[name] ?? {}) as Record<string, unknown>;
  return { ...object, [name]: rest.length === 0 ? value : withValueAt(below, rest, value) };
}

/** The text form: of a label selector, or of the plain label map of older kinds. */
function selectorText(selector: unknown): string {
  if (typeof selector !== 'object' || selector === null) return '';
  const structured = 'matchLabels' in selector || 'matchExpressions' in selector;
  return printLabelMatcher(structured ? labelMatcher(selector as LabelSelector) : labelsMatcher(selector as Labels));
}

/** How many replicas an object asks for and has, as autoscaling/v1 Scale. */
function scaleOf({ scale }: AnyResource, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = scale?.selector ? selectorText(valueAt(object, scale.selector)) : '';
  const replicas = (valueAt(object, scale?.specReplicas ?? '') as number | undefined) ?? 0;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: (valueAt(object, scale?.statusReplicas ?? '') as number | undefined) ?? 0,
      ...(selector ? { selector } : {}),
    },
  };
}

function scaledTo({ scale }: AnyResource, current: KubeObject, { metadata, spec }: Scale): KubeObject {
  const replicas = spec?.replicas ?? 0;
  if (replicas < 0)
    throw invalidObject(scaleKind, metadata.name ?? '', [
      invalid(FieldPath.of('spec', 'replicas'), replicas, 'must be greater than or equal to 0'),
    ]);
  const next = withValueAt(current, at(scale?.specReplicas ?? ''), replicas) as KubeObject;
  const { resourceVersion: _stored, ...rest } = next.metadata;
  return {
    ...next,
    metadata: { ...rest, ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}) },
  };
}

const scaleAnswer = (call: ResourceCall, object: KubeObject): Answer =>
  objectAnswer({ ...call, resource: scaleKind }, 200, undefined, () => scaleOf(call.resource, object));

async function change(call: ResourceCall, next: (current: Scale) => Scale, options: 'UpdateOptions' | 'PatchOptions') {
  const { context, gateway, resource } = call;
  const { namespace, name } = context.info;
  const request = writeRequest(context, options);
  const result = await gateway.registry.update(
    storedResource(resource),
    namespace,
    name,
    (current) => scaledTo(resource, current, next(scaleOf(resource, current))),
    request,
  );
  return scaleAnswer(call, result.object);
}

const get: Verb = async (call) => {
  const { context, gateway, resource } = call;
  const { namespace, name } = context.info;
  await awaitRevision(gateway.cache, resource, context.incoming.query.get('resourceVersion'), context);
  const head = cacheOf(call)?.head(namespace, name);
  if (!head || head.deleted) throw notFound(resource, name);
  return scaleAnswer(call, head.object);
};

const update: Verb = async (call) => {
  const { context, gateway } = call;
  const contentType = contentTypeOf(context);
  ensureDecodable(contentType);
  const { query } = context.incoming;
  const { object } = gateway.codec.decode(scaleKind, await readBody(context), contentType, fieldValidationOf(query));
  ensureName(object, context.info.name);
  return change(call, () => object as Scale, 'UpdateOptions');
};

const patch: Verb = async (call) => {
  const { context, gateway } = call;
  const patched = await patchOf(call, scaleKind);
  const convert = (current: Scale): Scale =>
    converted(gateway.codec, scaleKind, patched(current), fieldValidationOf(context.incoming.query)).object as Scale;
  return change(call, convert, 'PatchOptions');
};

/** The scale subresource of every kind that has replicas. */
export const scaleVerbs: Readonly<Record<string, Verb>> = { get, update, patch };
