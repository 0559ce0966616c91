/**
 * A set for members that come and go by the thousand; who adds one keeps its slot and gives that back. A Set or a Map would make a new table every few
 * members and leave the old one behind with what stood in it; once one such table has grown old, each keeps the next alive, and all members that
 * ever were stay in memory until V8 collects all of it (ADR 0112).
 */
export class Slots<T> {
  private readonly members: (T | undefined)[] = [];
  private readonly free: number[] = [];

  /** Returns the member's slot, which is its own until it is removed. */
  add(member: T): number {
    const slot = this.free.pop() ?? this.members.length;
    this.members[slot] = member;
    return slot;
  }

  get(slot: number): T | undefined {
    return this.members[slot];
  }

  /** Returns who stood there. A slot that is empty already stays so. */
  remove(slot: number): T | undefined {
    const member = this.members[slot];
    if (member === undefined) return undefined;
    this.members[slot] = undefined;
    this.free.push(slot);
    return member;
  }

  /** In no order. Members may be removed meanwhile. */
  *[Symbol.iterator](): Generator<T> {
    for (const member of this.members) if (member !== undefined) yield member;
  }
}
