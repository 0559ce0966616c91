import {
  copyJson,
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  apiVersionOf,
  badRequest,
  metaTime,
  required,
  serverSideApply,
  storedResource,
  FieldPath,
  forbiddenField,
  hasReason,
  invalid,
  invalidObject,
  StatusError,
  type AnyResource,
  type KubeObject,
} from '@shiplog/domain';
import { resetFieldsOf } from '../../registry/reset-fields.js';
import type { Decoded, FieldValidation, ObjectCodec } from '../object-codec.js';
import { formatOf, writtenAnswer } from '../object-answer.js';
import type { RequestContext } from '../../request/request-context.js';
import { contentTypeOf, readBody } from '../request-body.js';
import type { ResourceCall, Verb } from '../resource-call.js';
import { shown, shownResult, stored } from '../stored-view.js';
import { fieldValidationOf, writeRequest } from '../write-options.js';

/** Each kind of patch by its media type. */
const patchTypes = {
  // Its operations work on what earlier ones have put there, and they may be applied again.
  'application/json-patch+json': (_schema, current, patch) => applyJsonPatch(current, copyJson(patch)),
  'application/merge-patch+json': (_schema, current, patch) => applyMergePatch(current, patch),
  'application/strategic-merge-patch+json': applyStrategicMergePatch,
} satisfies Record<string, typeof applyStrategicMergePatch>;

const applyTypes = new Set(['application/apply-patch+yaml']);

/** What the request's patch makes of an object; reads the body. @throws UnsupportedMediaType for an unknown kind of patch. */
export async function patchOf(
  { context, gateway }: ResourceCall,
  resource: AnyResource,
): Promise<(current: KubeObject) => unknown> {
  const change = patchTypes[contentTypeOf(context) as keyof typeof patchTypes] as
    typeof applyStrategicMergePatch | undefined;
  if (!change) throw unknownPatchType();
  if (context.incoming.query.has('force'))
    throw wrongOption(forbiddenField(FieldPath.of('force'), 'may not be specified for non-apply patch'));
  const strategic = change === applyStrategicMergePatch;
  const body = await readPatch(context, strategic ? '' : 'error decoding patch: ', (text) =>
    gateway.codec.parse(text, 'application/json'),
  );
  if (body === null && change === patchTypes['application/merge-patch+json']) throw badRequest('Invalid JSON Patch');
  return (current) => change(gateway.codec.schemaOf(resource), current, body ?? {});
}

/** PATCH: changes what the patch says on whatever is there now; an apply creates what is missing. */
export const patch: Verb = async (call) => {
  formatOf(call);
  if (applyTypes.has(contentTypeOf(call.context))) return apply(call);
  const { context, gateway, resource } = call;
  const { namespace, name } = context.info;
  const request = writeRequest(context, 'PatchOptions');
  const patched = await patchOf(call, resource);
  const result = await gateway.registry.update(
    storedResource(resource),
    namespace,
    name,
    (current) => {
      const validation = fieldValidationOf(context.incoming.query);
      const { object, warnings } = converted(gateway.codec, resource, patched(shown(resource, current)), validation);
      for (const warning of warnings) request.warn(warning);
      return stored(resource, object);
    },
    request,
  );
  return writtenAnswer(call, 200, shownResult(resource, result));
};

/** Server-side apply: the body states all that the manager wants to own. */
async function apply(call: ResourceCall): Promise<ReturnType<typeof writtenAnswer>> {
  const { context, gateway, resource } = call;
  const { namespace, name, subresource } = context.info;
  const { query } = context.incoming;
  const manager = query.get('fieldManager') ?? '';
  const request = writeRequest(context, 'PatchOptions', 'apply');
  if (manager === '') throw wrongOption(required(FieldPath.of('fieldManager'), 'is required for apply patch'));
  const validation = fieldValidationOf(query);
  const body = await appliedBody(gateway.codec, context, validation);
  const applied = body as KubeObject;
  applied.metadata ??= {};
  const statedNamespace = applied.metadata.namespace ?? '';
  ensureApplies(resource, applied, namespace, name);
  const result = await gateway.registry.updateOrCreate(
    storedResource(resource),
    namespace,
    name,
    (current) => {
      if (!current && subresource !== '')
        throw new StatusError(404, 'NotFound', `${resource.plural} "${name}" not found`);
      const schema = gateway.codec.schemaOf(resource);
      const resetFields = resetFieldsOf(resource, subresource);
      const live = current && shown(resource, current);
      const next = serverSideApply(live, copyJson(applied), {
        manager,
        apiVersion: apiVersionOf(resource),
        kind: resource.kind,
        statedNamespace,
        subresource,
        force: query.has('force') && !['false', '0'].includes(query.get('force') ?? ''),
        now: metaTime(new Date()),
        ...(schema ? { schema } : {}),
        ...(resetFields ? { resetFields } : {}),
      });
      if (current && next === live) return current;
      const { object, warnings } = converted(gateway.codec, resource, next, validation);
      for (const warning of warnings) request.warn(warning);
      return stored(resource, object);
    },
    request,
  );
  return writtenAnswer(call, result.outcome === 'created' ? 201 : 200, shownResult(resource, result));
}

/** The path says which object is applied; the body may repeat it, and must not contradict it. */
function ensureApplies(resource: AnyResource, { metadata }: KubeObject, namespace: string, name: string): void {
  // A name that is no text is left for the schema to refuse.
  if (metadata.name && typeof metadata.name !== 'string') return;
  if (metadata.name && metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  if (resource.scope === 'Namespaced' && metadata.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  metadata.name = name;
  if (resource.scope === 'Namespaced') metadata.namespace = namespace;
}

async function readPatch(context: RequestContext, where: string, parse: (text: string) => unknown): Promise<unknown> {
  const text = (await readBody(context)).toString('utf8');
  try {
    return parse(text);
  } catch (error) {
    if (!hasReason(error, 'BadRequest')) throw error;
    throw badRequest(`${where}${error.message}`);
  }
}

/** An applied configuration is YAML; strict validation refuses keys that it has twice. */
async function appliedBody(codec: ObjectCodec, context: RequestContext, validation: FieldValidation): Promise<object> {
  const strict = validation === 'Strict';
  const where = `error ${strict ? 'strict ' : ''}decoding YAML: error converting YAML to JSON: `;
  const body = await readPatch(context, where, (text) =>
    codec.parse(text, 'application/yaml', strict ? 'unique' : 'any'),
  );
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  const found = Array.isArray(body) ? 'array' : typeof body;
  throw badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
  );
}

const sortedJson = (data: unknown): string =>
  JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/** A patch's result that is no object of the kind is the patch's fault: 422, and no name. */
export function converted(
  codec: ObjectCodec,
  resource: AnyResource,
  data: unknown,
  validation: FieldValidation,
): Decoded {
  try {
    return codec.convert(resource, data, validation);
  } catch (error) {
    if (!hasReason(error, 'BadRequest')) throw error;
    throw invalidObject({ group: '', kind: '' }, '', [invalid(FieldPath.of('patch'), sortedJson(data), error.message)]);
  }
}

const wrongOption = (error: ReturnType<typeof required>): StatusError =>
  invalidObject({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [error]);

const unknownPatchType = (): StatusError =>
  new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
