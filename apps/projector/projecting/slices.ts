import type { ResourceEvent } from '@shiplog/domain';

const maxEvents = 1_000;
const maxBytes = 8 << 20;

/** Cuts what has arrived into sets that one statement can carry. */
export function* slices(events: readonly ResourceEvent[]): Generator<readonly ResourceEvent[]> {
  let slice: ResourceEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    if (slice.length === maxEvents || (slice.length > 0 && bytes + event.body.length > maxBytes)) {
      yield slice;
      slice = [];
      bytes = 0;
    }
    slice.push(event);
    bytes += event.body.length;
  }
  if (slice.length > 0) yield slice;
}
