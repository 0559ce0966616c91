import { ByteBudget } from './byte-budget.js';
import { UnsentAnswers } from './unsent-answers.js';
import { UnsentEvents } from './unsent-events.js';

const MiB = 1024 * 1024;

/** How much memory clients can make this process hold for them. One user gets a part, so that it cannot take everybody's room. */
export class MemoryBounds {
  /** Bodies of requests, from their first byte until the answer. */
  readonly bodies = new ByteBudget(96 * MiB, 32 * MiB);
  /** Answers that clients have asked for and do not take. */
  readonly answers = new UnsentAnswers(192 * MiB, 48 * MiB);
  /** Events of watches that their clients do not take. */
  readonly events = new UnsentEvents(128 * MiB);

  /** To be called about every second; says how many connections were cut. */
  sweep(now: number): { readonly answers: number; readonly watches: number } {
    return { answers: this.answers.sweep(now), watches: this.events.sweep(now) };
  }
}
