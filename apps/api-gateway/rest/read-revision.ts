import { parseRevision, StatusError, type AnyResource, type Revision } from '@shiplog/domain';
import type { RequestContext } from '../request/request-context.js';
import type { ClusterCache } from '../watch-cache/cluster-cache.js';

/** A revision that the log has not reached: clients wait and try again. */
export const tooLarge = (asked: Revision, current: Revision): StatusError =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

export const invalidRevision = (text: string): StatusError =>
  new StatusError(400, 'BadRequest', `invalid resource version ${JSON.stringify(text)}: it is a decimal number`);

/**
 * Waits until the cache is fresh enough for a read: for the present if no resourceVersion is asked for, for any state at `0`, else for at
 * least that revision. @throws Timeout, BadRequest
 */
export async function awaitRevision(
  cache: ClusterCache,
  { stream }: AnyResource,
  asked: string | null,
  context: RequestContext,
): Promise<void> {
  if (asked === null || asked === '') return cache.reachPresent(stream);
  const revision = parseRevision(asked);
  if (revision === undefined) throw invalidRevision(asked);
  if (revision <= cache.position(stream)) return;
  context.signal.throwIfAborted();
  await cache.reach(stream, revision).catch(() => {
    throw tooLarge(revision, cache.position(stream));
  });
}
