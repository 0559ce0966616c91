import { sameEvent, similarEvent, type RecordedEvent } from './core-event.js';

/** What to write for an occurrence: nothing (too many of them), or this event, which is a repetition if its key is known. */
export type Correlated = { readonly event: RecordedEvent; readonly key: string } | 'too many';

const similarLimit = 10;
const similarWindowMs = 10 * 60_000;
const burst = 25;
const refillMs = 5 * 60_000;
const remembered = 4096;

interface Similar {
  readonly messages: Set<string>;
  lastSeen: number;
}
interface Budget {
  tokens: number;
  refilledAt: number;
}

/**
 * Keeps one object from flooding the log of events, with the limits that kubectl users know: at most 25 at once and one every five
 * minutes for each object and reporter, and from the eleventh text of one reason on a single event "(combined from similar events)".
 */
export class EventCorrelation {
  private readonly similar = new Map<string, Similar>();
  private readonly budgets = new Map<string, Budget>();

  correlate(event: RecordedEvent, now: number): Correlated {
    const { about, reporter } = event;
    const told = this.combined(event, now);
    const source = JSON.stringify([
      reporter.component,
      reporter.host,
      about.kind,
      about.namespace,
      about.name,
      about.uid,
    ]);
    return this.spend(source, now) ? told : 'too many';
  }

  private combined(event: RecordedEvent, now: number): { event: RecordedEvent; key: string } {
    const kind = similarEvent(event);
    let known = this.similar.get(kind);
    if (!known || now - known.lastSeen > similarWindowMs) known = { messages: new Set(), lastSeen: now };
    known.lastSeen = now;
    if (known.messages.size < similarLimit) known.messages.add(event.message);
    remember(this.similar, kind, known);
    if (known.messages.has(event.message)) return { event, key: sameEvent(event) };
    return { event: { ...event, message: `(combined from similar events): ${event.message}` }, key: kind };
  }

  private spend(source: string, now: number): boolean {
    const budget = this.budgets.get(source) ?? { tokens: burst, refilledAt: now };
    const refill = Math.floor((now - budget.refilledAt) / refillMs);
    budget.tokens = Math.min(burst, budget.tokens + refill);
    budget.refilledAt += refill * refillMs;
    remember(this.budgets, source, budget);
    if (budget.tokens === 0) return false;
    budget.tokens -= 1;
    return true;
  }
}

/** Keeps the most recently used entries. */
export function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= remembered) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
