import type { Msg } from '@nats-io/nats-core';
import type { Revision, StreamName } from '@shiplog/domain';
import type { StoredEvent } from '../log/stored-event.js';
import type { LaggingFeed } from './feed-lag.js';

export type ReadMessage = (message: Msg, revision: Revision) => StoredEvent;

/** One ordered consumer from one revision on. It fails when it can no longer promise that nothing is missing; then another is opened where it ended. */
export interface Feed extends LaggingFeed {
  /** Events that have not been taken yet, at least one; waits until there is one. @throws once events may have been missed. */
  take(): Promise<StoredEvent[]>;
  /** Ends the feed: what has arrived may still be taken, then `take` throws this. */
  fail(error: Error): void;
  close(): void;
}

interface Position {
  readonly revision: Revision;
  /** How many messages the consumer has delivered, this one included. */
  readonly delivery: number;
  /** How many it has still to deliver. */
  readonly pending: number;
}

/** Where the subject for an acknowledgement begins. Only messages of a stream have one. */
const acknowledgement = '$JS.ACK.';
export const isOfStream = ({ reply }: Msg): boolean => reply?.startsWith(acknowledgement) ?? false;

/** Of `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>[.<token>]` */
function positionOf(reply: string): Position {
  const tokens = reply.split('.');
  const at = tokens.length === 9 ? 5 : 7;
  return { revision: BigInt(tokens[at] ?? ''), delivery: Number(tokens[at + 1]), pending: Number(tokens[at + 3]) };
}

/** Finds out whether a consumer's messages arrive without gaps. */
export class Deliveries {
  /** How many have arrived. */
  count = 0;
  /** What the server had still to send when it sent the last one. */
  pending = 0;

  constructor(private readonly stream: StreamName) {}

  /** The revision of the message. @throws if one before it is missing */
  next({ reply }: Msg): Revision {
    const { revision, delivery, pending } = positionOf(reply ?? '');
    if (delivery !== this.count + 1)
      throw new Error(`${this.stream}: delivery ${this.count + 1} is missing, got ${delivery}`);
    this.count = delivery;
    this.pending = pending;
    return revision;
  }
}
