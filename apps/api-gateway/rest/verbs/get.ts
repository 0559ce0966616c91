import { notFound } from '@shiplog/domain';
import { formatOf, objectAnswer } from '../object-answer.js';
import type { Verb } from '../resource-call.js';
import { awaitRevision } from '../read-revision.js';
import { cacheOf, shown } from '../stored-view.js';

/** GET of one object: waits for the cache to show the present, then copies bytes. */
export const get: Verb = async (call) => {
  const { context, gateway, resource } = call;
  formatOf(call);
  const { namespace, name } = context.info;
  await awaitRevision(gateway.cache, resource, context.incoming.query.get('resourceVersion'), context);
  const head = cacheOf(call)?.head(resource.scope === 'Namespaced' ? namespace : '', name);
  if (!head || head.deleted) throw notFound(resource, name);
  return objectAnswer(call, 200, resource.storedAs ? undefined : head.bytes, () => shown(resource, head.object));
};
