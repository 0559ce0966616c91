import { storedResource } from '@shiplog/domain';
import { writtenAnswer, formatOf } from '../object-answer.js';
import { contentTypeOf, ensureDecodable, readBody } from '../request-body.js';
import type { Verb } from '../resource-call.js';
import { shownResult, stored } from '../stored-view.js';
import { fieldValidationOf, writeRequest } from '../write-options.js';

/** POST to a collection. */
export const create: Verb = async (call) => {
  const { context, gateway, resource } = call;
  formatOf(call);
  const request = writeRequest(context, 'CreateOptions');
  const contentType = contentTypeOf(context);
  ensureDecodable(contentType);
  const body = await readBody(context);
  const { object, warnings } = gateway.codec.decode(
    resource,
    body,
    contentType,
    fieldValidationOf(context.incoming.query),
  );
  context.warnings.push(...warnings);
  const result = await gateway.registry.create(
    storedResource(resource),
    context.info.namespace,
    stored(resource, object),
    request,
  );
  return writtenAnswer(call, 201, shownResult(resource, result));
};
