import { apiVersionOf, ensureNamespace, type AnyResource, type KubeObject } from '@shiplog/domain';
import type { Gateway } from '../gateway.js';
import { trackFields } from '../registry/track-fields.js';
import type { RequestContext } from '../request/request-context.js';
import { contentTypeOf, ensureDecodable, readBody } from '../rest/request-body.js';
import { fieldValidationOf, writeRequest } from '../rest/write-options.js';

/** A kind that is only ever sent, never stored: enough of a definition to decode it. */
export const actionKind = (group: string, kind: string, plural = `${kind.toLowerCase()}s`): AnyResource => ({
  group,
  version: 'v1',
  kind,
  plural,
  singular: kind.toLowerCase(),
  shortNames: [],
  categories: [],
  scope: 'Namespaced',
  stream: 'RESOURCES',
  verbs: ['create'],
  subresources: [],
  strategy: {},
  selectableFields: {},
  columns: [],
});

/**
 * The body of an action as an object of its kind; JSON, YAML or protobuf. Says who has set which fields, as any object does.
 * @throws StatusError 400, 413 or 415
 */
export async function decodeAction<T extends KubeObject>(
  context: RequestContext,
  gateway: Gateway,
  kind: AnyResource,
  /** An older apiVersion of the same shape that is still accepted. */
  olderVersion = '',
): Promise<T> {
  const contentType = contentTypeOf(context);
  ensureDecodable(contentType);
  const validation = fieldValidationOf(context.incoming.query);
  const { object, warnings } = gateway.codec.decode(
    kind,
    renewed(await readBody(context), kind, olderVersion),
    contentType,
    validation,
  );
  context.warnings.push(...warnings);
  const { fieldManager, subresource } = writeRequest(context, 'CreateOptions');
  if (kind.scope === 'Cluster') delete object.metadata.namespace;
  else ensureNamespace(kind, object, context.info.namespace);
  const writer = { manager: fieldManager, subresource, now: context.receivedAt };
  const tracked = trackFields(gateway.codec)(kind, undefined, object, writer);
  return { ...tracked, kind: kind.kind, apiVersion: apiVersionOf(kind) } as T;
}

/** JSON and YAML of an older version, as of the present one. */
const renewed = (body: Buffer, kind: AnyResource, olderVersion: string): Buffer =>
  olderVersion !== '' && body.includes(olderVersion)
    ? Buffer.from(body.toString('utf8').replace(olderVersion, apiVersionOf(kind)))
    : body;
