import type { ServerResponse } from 'node:http';
import { PassingMap } from '@shiplog/component-base';
import type { Answer, Held } from '../request/incoming-request.js';

type Body = Extract<Answer, { code: number }>['body'];

/** Answers below this size are gone at once, or too small to matter. */
const worthCounting = 64 * 1024;

/** A part that waits to be sent and the same encrypted: what a connection has of its own. */
const ownBytes = 512 * 1024;

/** How long a client may take for an answer: this, and its size at this speed. */
const patienceMs = 30_000;
const slowestBytesPerMs = 1024;

interface Unsent {
  readonly response: ServerResponse;
  readonly owner: string;
  readonly length: number;
  /** Bytes that it holds alone. */
  readonly own: number;
  readonly held: Held;
  readonly deadline: number;
}

/**
 * Big answers that were handed to sockets and have not been taken by their clients. What several answers hold counts once: for all, and for
 * each owner. Who takes too long is cut off, and those first who came first if what is held has grown beyond the limit.
 */
export class UnsentAnswers {
  /** In the order in which they came. */
  private readonly open = new PassingMap<number, Unsent>();
  private last = 0;

  constructor(
    private readonly limit: number,
    private readonly limitOfOne: number,
  ) {}

  get bytes(): number {
    return bytesOf(this.open.values());
  }

  /** Whether an owner may ask for another big answer before it has taken those that it has asked for. Who has nothing always may while there is room. */
  hasRoom(owner: string): boolean {
    if (this.open.size === 0) return true;
    const own = [...this.open.values()].filter((unsent) => unsent.owner === owner);
    return (
      (own.length === 0 || bytesOf(own) + worthCounting <= this.limitOfOne) && this.bytes + worthCounting <= this.limit
    );
  }

  /** Counts an answer until its client has it or is gone. */
  sending(response: ServerResponse, owner: string, body: Body, now: number): void {
    const { length } = body;
    if (length < worthCounting || response.writableFinished || response.destroyed) return;
    const deadline = now + patienceMs + length / slowestBytesPerMs;
    const number = ++this.last;
    const own = Math.min(length, ownBytes);
    this.open.set(number, { response, owner, length, own, held: heldBy(body), deadline });
    response.once('close', () => this.open.take(number));
  }

  /** Ends the connections of those who take too long, or hold too much; answers how many. */
  sweep(now: number): number {
    let count = 0;
    for (const [number, { response, deadline }] of this.open)
      if (deadline <= now || this.bytes > this.limit) {
        count++;
        response.destroy();
        this.open.take(number);
      }
    return count;
  }
}

/** The bytes of a stored object lie in the same memory, whoever is sent it, and keep all of it; a text was written for one. */
function heldBy(body: Body): Held {
  if (typeof body === 'string') return { of: {}, bytes: body.length };
  return 'held' in body ? body.held : { of: body.buffer, bytes: body.buffer.byteLength };
}

/** What answers hold of the same is no more than what one of them holds, and no more than all of them are long. */
function bytesOf(answers: Iterable<Unsent>): number {
  const shared = new Map<unknown, { most: number; lengths: number }>();
  let bytes = 0;
  for (const { own, length, held } of answers) {
    bytes += own;
    const { most, lengths } = shared.get(held.of) ?? { most: 0, lengths: 0 };
    shared.set(held.of, { most: Math.max(most, held.bytes), lengths: lengths + length });
  }
  for (const { most, lengths } of shared.values()) bytes += Math.min(most, lengths);
  return bytes;
}
