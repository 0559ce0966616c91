/** Something that can let go of what it has parsed; it parses again when asked. */
interface Parsed {
  release(): void;
}

const atMost = 2_048;

/**
 * The objects whose parsed form is kept beside their bytes: those that were asked for last. Parsed, an object takes several times the
 * room of its bytes, and most are never asked for again.
 */
export class RecentlyParsed {
  private readonly ring: (Parsed | undefined)[] = [];
  private next = 0;

  constructor(private readonly capacity = atMost) {}

  add(object: Parsed): void {
    this.ring[this.next]?.release();
    this.ring[this.next] = object;
    this.next = (this.next + 1) % this.capacity;
  }
}
