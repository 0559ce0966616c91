import type { Occurrences, RecordedEvent } from './core-event.js';

/** What is to be told of one event, however often it happened since it was told last. */
export interface WaitingEvent {
  event: RecordedEvent;
  occurrences: Occurrences;
}

/** Worth of an event, most first: something is wrong; something happened; it happened once more. */
export const worths = ['warning', 'news', 'repetition'] as const;
export type Worth = (typeof worths)[number];

/** Events that wait to be written, at most so many. The worthier leave first and are dropped last; of those of one worth the oldest goes either way. */
export class WaitingEvents {
  private readonly byWorth: Readonly<Record<Worth, Map<string, WaitingEvent>>> = {
    warning: new Map(),
    news: new Map(),
    repetition: new Map(),
  };

  constructor(private readonly limit: number) {}

  get(key: string): WaitingEvent | undefined {
    for (const worth of worths) {
      const found = this.byWorth[worth].get(key);
      if (found) return found;
    }
    return undefined;
  }

  /** Returns what there is no room for any more, which may be this one. */
  add(key: string, waiting: WaitingEvent, worth: Worth): WaitingEvent | undefined {
    this.byWorth[worth].set(key, waiting);
    return this.size > this.limit ? this.dropped() : undefined;
  }

  /** Takes the next ones, at most so many, with their keys. */
  take(most: number): readonly (readonly [string, WaitingEvent])[] {
    const taken: [string, WaitingEvent][] = [];
    for (const worth of worths)
      for (const next of this.byWorth[worth]) {
        if (taken.length === most) return taken;
        this.byWorth[worth].delete(next[0]);
        taken.push(next);
      }
    return taken;
  }

  private get size(): number {
    return worths.reduce((sum, worth) => sum + this.byWorth[worth].size, 0);
  }

  private dropped(): WaitingEvent | undefined {
    for (const worth of worths.toReversed())
      for (const [key, oldest] of this.byWorth[worth]) {
        this.byWorth[worth].delete(key);
        return oldest;
      }
    return undefined;
  }
}
