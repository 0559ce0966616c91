import type { NewResourceEvent, ResourceEvent, Revision } from '@shiplog/domain';
import type { Sealer } from '../sealing/sealer.js';
import { eventHeaders, publishHeaders, readEventHeaders } from './event-headers.js';
import { blockOpening, type HeaderValues } from './header-block.js';
import { keyOfSubject, subjectOf } from './subject.js';

/** An event as a message of the log. */
export interface LogMessage {
  readonly subject: string;
  /** The opening of its block of headers; a batch adds its own. */
  readonly headers: Buffer;
  readonly body: Uint8Array;
}

/** An event as a process without the key ring sees it. */
export interface StoredEvent extends ResourceEvent {
  /** The key that seals the body; absent when the body is in the clear, or was opened. */
  readonly sealedWith?: string;
}

/** A message of the log that does not hold an event of ours. Never skipped: whoever reads on would miss a change. */
export class UnreadableEvent extends Error {
  constructor(
    readonly subject: string,
    readonly revision: Revision,
    cause: unknown,
  ) {
    super(`cannot read ${subject} at revision ${revision}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
    this.name = 'UnreadableEvent';
  }
}

/** Lays an event out as a message that is to be appended after `expected`, its body sealed if its kind demands it. */
export function toMessage(
  { type, key, body, context }: NewResourceEvent,
  expected: Revision,
  sealer: Sealer,
): LogMessage {
  const sealedWith = sealer.keyFor(key);
  const head = sealedWith === undefined ? { type, context } : { type, context, sealedWith };
  return {
    subject: subjectOf(key),
    headers: blockOpening(publishHeaders(context.id, expected) + eventHeaders(head)),
    body: sealedWith === undefined ? body : sealer.seal(key, body, sealedWith),
  };
}

/** Reads a message back, its body opened where this process may. @throws UnreadableEvent */
export function toEvent(
  subject: string,
  revision: Revision,
  headers: HeaderValues,
  body: Uint8Array,
  sealer: Sealer,
): StoredEvent {
  try {
    const key = keyOfSubject(subject);
    const { type, context, sealedWith } = readEventHeaders(headers);
    // A copy of its own: what arrives is a slice of a network buffer, which a cached object must not keep alive.
    if (sealedWith === undefined) return { type, key, context, revision, body: body.slice() };
    if (!sealer.opens) return { type, key, context, revision, body: body.slice(), sealedWith };
    return { type, key, context, revision, body: sealer.open(key, body) };
  } catch (cause) {
    throw new UnreadableEvent(subject, revision, cause);
  }
}
