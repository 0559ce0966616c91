import { randomUUID } from 'node:crypto';
import type { PipelineStep } from '../../request-pipeline.js';

const causeFormat = /^(RESOURCES|LEASES|EVENTS)\/[1-9][0-9]*$/;

/** Names the request: its audit id, what caused it, and the outermost request that it follows from. */
export const assignAuditId: PipelineStep = (request, { cache }, next) => {
  const { headers } = request.incoming;
  const given = headers['audit-id'];
  request.auditId = typeof given === 'string' && given.length <= 64 ? given : randomUUID();
  request.correlationId = request.auditId;
  const cause = headers['shiplog-cause'];
  if (typeof cause === 'string' && causeFormat.test(cause)) {
    request.cause = cause;
    request.correlationId = cache.correlationOf(cause) ?? request.auditId;
  }
  return next();
};
