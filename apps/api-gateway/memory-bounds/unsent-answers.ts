import type { ServerResponse } from 'node:http';
import { ByteBudget } from './byte-budget.js';

/** Answers below this size are gone at once, or too small to matter. */
const worthCounting = 64 * 1024;

/** How long a client may take for an answer: this, and its size at this speed. */
const patienceMs = 30_000;
const slowestBytesPerMs = 1024;

interface Unsent {
  readonly owner: string;
  readonly bytes: number;
  readonly deadline: number;
}

/** Big answers that were handed to sockets and have not been taken by their clients. Who takes too long is cut off. */
export class UnsentAnswers {
  private readonly open = new Map<ServerResponse, Unsent>();
  private readonly budget: ByteBudget;

  constructor(limit: number, limitOfOne: number) {
    this.budget = new ByteBudget(limit, limitOfOne);
  }

  get bytes(): number {
    return this.budget.used;
  }

  /** Whether an owner may ask for another big answer before it has taken those that it has asked for. */
  hasRoom(owner: string): boolean {
    return this.budget.hasRoom(owner, worthCounting);
  }

  /** Counts an answer until its client has it or is gone. */
  sending(response: ServerResponse, owner: string, bytes: number, now: number): void {
    if (bytes < worthCounting || response.writableFinished || response.destroyed) return;
    this.open.set(response, { owner, bytes, deadline: now + patienceMs + bytes / slowestBytesPerMs });
    this.budget.add(owner, bytes);
    response.once('close', () => {
      if (this.open.delete(response)) this.budget.give(owner, bytes);
    });
  }

  /** Ends the connections of those who take too long; answers how many. */
  sweep(now: number): number {
    let count = 0;
    for (const [response, { deadline }] of this.open)
      if (deadline <= now) {
        count++;
        response.destroy();
      }
    return count;
  }
}
