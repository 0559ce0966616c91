const askAgainMs = 10_000;
const latenessMs = 100;

interface Waiting {
  readonly names: Set<string>;
  /** When a node was last cleared; milliseconds. */
  lastAt: number;
}

/** Whose turn it is to be cleared of its pods: one node after the other, zone by zone, at a rate. */
export class EvictionTurns {
  private readonly zones = new Map<string, Waiting>();

  /**
   * 0: it is the node's turn, and thereby over. Else after how many milliseconds to ask again, at most `askAgainMs`, for the rate may
   * have changed by then. The first of a zone does not wait, unless the rate is 0.
   */
  take(zone: string, node: string, perSecond: number, nowMs: number): number {
    const waiting = this.inZone(zone);
    waiting.names.add(node);
    if (perSecond <= 0) return askAgainMs;
    const periodMs = 1000 / perSecond;
    const waitMs = waiting.lastAt + (placeOf(node, waiting.names) + 1) * periodMs - nowMs;
    if (waitMs > 0) return Math.min(waitMs, askAgainMs);
    waiting.names.delete(node);
    // Turns that nobody took are lost; what a timer is late must not slow down those who wait.
    const dueAt = waiting.lastAt + periodMs;
    waiting.lastAt = nowMs - dueAt <= latenessMs ? dueAt : nowMs;
    return 0;
  }

  /** The node needs no turn any more. */
  leave(node: string): void {
    for (const { names } of this.zones.values()) names.delete(node);
  }

  private inZone(zone: string): Waiting {
    let waiting = this.zones.get(zone);
    if (!waiting) this.zones.set(zone, (waiting = { names: new Set(), lastAt: -Infinity }));
    return waiting;
  }
}

function placeOf(node: string, names: ReadonlySet<string>): number {
  let place = 0;
  for (const name of names) {
    if (name === node) return place;
    place++;
  }
  return place;
}
