import type { ChangeClass, NewResourceEvent } from '../events/resource-event.js';
import type { WriteRules } from './decide-create.js';
import type { WriteRequest } from './write-request.js';

/** What an event says of its origin: who wrote what through which process (`source`), when, and because of what. */
export function eventContext(
  source: string,
  subject: string,
  change: ChangeClass,
  { now, newUid }: WriteRules,
  {
    user,
    impersonator,
    verb,
    subresource,
    correlationId,
    causationId,
    fieldManager,
    userAgent,
    sourceIp,
    traceparent,
  }: WriteRequest,
): NewResourceEvent['context'] {
  return {
    id: newUid(),
    source,
    time: now.toISOString(),
    subject,
    user: user.name,
    groups: user.groups,
    ...(impersonator ? { impersonator: impersonator.name } : {}),
    correlationId,
    ...(causationId ? { causationId } : {}),
    verb,
    ...(subresource ? { subresource } : {}),
    ...(fieldManager ? { fieldManager } : {}),
    ...(userAgent ? { userAgent } : {}),
    ...(sourceIp ? { sourceIp } : {}),
    ...(traceparent ? { traceparent } : {}),
    change,
  };
}
