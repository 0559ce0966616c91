/** What the event loop did during a while. */
export interface LoopLoad {
  readonly elapsedMs: number;
  /** Of these, how long it ran rather than waited. */
  readonly busyMs: number;
  /** How many times it went round; each time it serves all that came meanwhile. */
  readonly turns: number;
  /** Seats whose requests were served, refused ones at their small price. */
  readonly seats: number;
  /** Requests that wait for a seat now. */
  readonly waiting: number;
}

export interface CapacityBounds {
  /** How long what is served at once may keep others waiting. */
  readonly latencyMs: number;
  readonly minSeats: number;
  readonly maxSeats: number;
}

export interface Capacity {
  readonly seats: number;
  /** What a seat costs the event loop, learnt. */
  readonly msPerSeat?: number;
}

const busyEnough = 0.5;
const seatsEnough = 50;
const trust = 0.3;
const growth = 1.25;

/**
 * How many seats this process can serve at a time and still answer within the latency that is asked for: one thread serves all, so what
 * is served at once waits for each other. Little's law, with the price of a seat as measured while the loop is busy. An idle loop teaches
 * nothing about prices; but if requests wait for seats while it idles, what is served waits for something else (the log), and there may be more. Turns that take longer than they may count against it as well. Pure.
 */
export function nextCapacity(now: Capacity, load: LoopLoad, bounds: CapacityBounds): Capacity {
  if (load.busyMs < load.elapsedMs * busyEnough) {
    if (load.waiting === 0) return now;
    return { ...now, seats: Math.min(bounds.maxSeats, Math.ceil(now.seats * growth)) };
  }
  if (load.seats < seatsEnough) return now;
  const price = load.busyMs / load.seats;
  const msPerSeat = now.msPerSeat === undefined ? price : now.msPerSeat * (1 - trust) + price * trust;
  const turnMs = load.busyMs / Math.max(1, load.turns);
  const guard = Math.min(1, bounds.latencyMs / turnMs);
  const wanted = Math.round((bounds.latencyMs / msPerSeat) * guard);
  return { msPerSeat, seats: Math.min(bounds.maxSeats, Math.max(bounds.minSeats, wanted)) };
}
