import { randomUUIDv7 } from 'node:crypto';
import type { StreamName } from '@shiplog/domain';
import type { Gateway } from '../../gateway.js';
import type { PipelineStep } from '../../request-pipeline.js';

const causeFormat = /^(RESOURCES|LEASES|EVENTS)\/[1-9][0-9]{0,17}$/;

/**
 * Names the request: its audit id, what caused it, and the outermost request that it follows from. The ids are in order of time, so that the archive adds
 * to the end of its index of them, however long it has become.
 */
export const assignAuditId: PipelineStep = async (request, gateway, next) => {
  const { headers } = request.incoming;
  const given = headers['audit-id'];
  request.auditId = typeof given === 'string' && given.length <= 64 ? given : randomUUIDv7();
  request.correlationId = request.auditId;
  const cause = headers['shiplog-cause'];
  if (typeof cause === 'string' && causeFormat.test(cause)) {
    request.cause = cause;
    request.correlationId = (await correlationOf(cause, gateway)) ?? request.auditId;
  }
  return next();
};

/** Components act on an event as soon as they see it, which may be before this gateway does; and on old ones after a restart. */
async function correlationOf(cause: string, { cache, history }: Gateway): Promise<string | undefined> {
  const [stream, text] = cause.split('/') as [StreamName, string];
  const revision = BigInt(text);
  const known = cache.correlationOf(stream, revision);
  if (known !== undefined) return known;
  await cache.reach(stream, revision).catch(() => undefined);
  return cache.correlationOf(stream, revision) ?? (await history?.correlationOf(stream, revision));
}
