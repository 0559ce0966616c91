import { badRequest, storedResource, type KubeObject } from '@shiplog/domain';
import { formatOf, writtenAnswer } from '../object-answer.js';
import { contentTypeOf, ensureDecodable, readBody } from '../request-body.js';
import type { Verb } from '../resource-call.js';
import { shownResult, stored } from '../stored-view.js';
import { fieldValidationOf, writeRequest } from '../write-options.js';

/** PUT: replaces the object (on `status`: its status). Kinds that allow it are created when they are missing. */
export const update: Verb = async (call) => {
  const { context, gateway, resource } = call;
  const { namespace, name, subresource } = context.info;
  formatOf(call);
  const request = writeRequest(context, 'UpdateOptions');
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
  ensureName(object, name);
  const next = (): KubeObject => stored(resource, object);
  const kept = storedResource(resource);
  const creates = subresource === '' && resource.strategy.allowCreateOnUpdate === true;
  const result = creates
    ? await gateway.registry.updateOrCreate(kept, namespace, name, next, request)
    : await gateway.registry.update(kept, namespace, name, next, request);
  return writtenAnswer(call, result.outcome === 'created' ? 201 : 200, shownResult(resource, result));
};

/** @throws BadRequest if the object has no name, or not that of its path. */
export function ensureName({ metadata }: KubeObject, name: string): void {
  if (!metadata.name)
    throw badRequest(`the name of the object (based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}
