import type { KubeObject } from '@shiplog/domain';

/** The times that say when an Event was last seen to happen; which of them are set depends on who recorded it. */
interface EventTimes {
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

const times = (event: KubeObject & EventTimes): number[] =>
  [event.metadata.creationTimestamp, event.lastTimestamp, event.eventTime, event.series?.lastObservedTime]
    .map((time) => Date.parse(time ?? ''))
    .filter((time) => !Number.isNaN(time));

/** The Events that have not been seen again for `ttlMs`. One without any time is not old. Pure. */
export const expiredEvents = <T extends KubeObject>(events: readonly T[], now: Date, ttlMs: number): T[] =>
  events.filter((event) => {
    const known = times(event);
    return known.length > 0 && Math.max(...known) + ttlMs <= now.getTime();
  });
