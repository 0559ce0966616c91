import type { Revision } from '@shiplog/domain';

const remembered = 100_000;

/** The correlation ids of a stream's last events, for what they cause. A ring: what is remembered costs a slot and no key. */
export class RecentCorrelations {
  private readonly revisions: Float64Array;
  private readonly ids: (string | undefined)[];

  constructor(capacity = remembered) {
    this.revisions = new Float64Array(capacity);
    this.ids = new Array<string | undefined>(capacity);
  }

  add(revision: Revision, id: string): void {
    const number = Number(revision);
    const slot = number % this.ids.length;
    this.revisions[slot] = number;
    this.ids[slot] = id;
  }

  of(revision: Revision): string | undefined {
    const number = Number(revision);
    const slot = number % this.ids.length;
    return this.revisions[slot] === number ? this.ids[slot] : undefined;
  }
}
