import { apiVersionOf, badRequest, hasReason, resourceVersionOf, storedResource } from '@shiplog/domain';
import { decodeDeleteOptions } from '../delete-options.js';
import { listOptions } from '../list-options.js';
import { formatOf, untyped, valueAnswer } from '../object-answer.js';
import { awaitRevision } from '../read-revision.js';
import type { Verb } from '../resource-call.js';
import { cacheOf, shown } from '../stored-view.js';
import { deleteRequest } from './delete.js';

const atOnce = 16;

/** DELETE of a collection: every selected object by itself, some at a time; what is gone meanwhile is no error. */
export const deleteCollection: Verb = async (call) => {
  const { context, gateway, resource } = call;
  const options = await decodeDeleteOptions(context);
  context.warnings.push(...(resource.deleteWarnings?.(options) ?? []));
  const { selection, limit } = listOptions(resource, context);
  const request = deleteRequest(call, options);
  const { cache } = gateway;
  const kind = cacheOf(call);
  if (!kind) throw badRequest(`${resource.plural} are not kept`);
  await awaitRevision(cache, resource, null, context);
  const revision = cache.position(resource.stream);
  const pending = [...kind.page(selection, limit && limit > 0 ? { limit } : {}).objects];
  const listed = pending.map(({ object }) => object);
  const worker = async (): Promise<void> => {
    for (let object = pending.shift(); object; object = pending.shift())
      try {
        await gateway.registry.delete(storedResource(resource), object.namespace, object.name, options, request);
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const list = {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: resourceVersionOf(revision) },
    items: listed.map((object) => untyped(shown(resource, object))),
  };
  return valueAnswer(200, list, { media: formatOf(call).media, asVersion: 'v1' });
};
