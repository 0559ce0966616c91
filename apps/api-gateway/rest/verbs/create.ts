import { writtenAnswer, formatOf } from '../object-answer.js';
import { contentTypeOf, ensureDecodable, readBody } from '../request-body.js';
import type { Verb } from '../resource-call.js';
import { fieldValidationOf, writeRequest } from '../write-options.js';

/** POST to a collection. */
export const create: Verb = async (call) => {
  const { context, gateway, resource } = call;
  formatOf(call);
  const request = writeRequest(context, 'CreateOptions');
  const contentType = contentTypeOf(context);
  ensureDecodable(contentType);
  const body = await readBody(context);
  const { object, warnings } = gateway.codec.decode(resource, body, contentType, fieldValidationOf(context.incoming.query));
  context.warnings.push(...warnings);
  return writtenAnswer(call, 201, await gateway.registry.create(resource, context.info.namespace, object, request));
};
