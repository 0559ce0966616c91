import { setTimeout as sleep } from 'node:timers/promises';
import { StatusError, type AnyResource } from '@shiplog/domain';
import { ownWrite } from '../bootstrap/ensure-bootstrap-objects.js';
import type { Gateway } from '../gateway.js';
import { expiredEvents } from './expired-events.js';

const intervalMs = 60_000;
const deletedAtOnce = 16;

/**
 * Deletes Events that nobody has seen happen again for a while, so that every cache, watch and row forgets them the same way.
 * Every gateway does it; who comes second finds nothing. Never throws.
 */
export async function expireEvents(gateway: Gateway, ttlMs: number, signal: AbortSignal): Promise<void> {
  const resource = gateway.resources.find({ group: '', version: 'v1', plural: 'events' });
  while (resource && !signal.aborted) {
    await sleep(intervalMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await expireOnce(gateway, resource, new Date(), ttlMs, signal);
    } catch (error) {
      gateway.logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'could not expire events');
    }
  }
}

/** Resolves with how many Events it has deleted. */
export async function expireOnce(
  gateway: Gateway,
  resource: AnyResource,
  now: Date,
  ttlMs: number,
  signal: AbortSignal,
): Promise<number> {
  const old = expiredEvents(gateway.cache.list(resource), now, ttlMs);
  for (let i = 0; i < old.length && !signal.aborted; i += deletedAtOnce)
    await Promise.all(
      old.slice(i, i + deletedAtOnce).map(({ metadata: { namespace = '', name = '', resourceVersion = '' } }) =>
        gateway.registry
          .delete(resource, namespace, name, { preconditions: { resourceVersion } }, ownWrite('delete', signal))
          .catch((error: unknown) => {
            // Another gateway was first, or it happened again.
            if (!(error instanceof StatusError) || ![404, 409].includes(error.code)) throw error;
          }),
      ),
    );
  return old.length;
}
