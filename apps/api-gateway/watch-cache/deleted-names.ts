import type { Revision } from '@shiplog/domain';

/** Of a kind; about 150 bytes each. */
const remembered = 32_768;

/**
 * At which revision names were deleted that nothing else is remembered of. Who takes such a name again, as the pods of a StatefulSet do, is to expect
 * that revision in the log: to expect nothing there would be refused, and cost a read of the log and a second try. The oldest are forgotten.
 */
export class DeletedNames {
  private readonly revisions = new Map<string, Revision>();

  constructor(private readonly atMost = remembered) {}

  add(key: string, revision: Revision): void {
    this.revisions.delete(key);
    this.revisions.set(key, revision);
    if (this.revisions.size <= this.atMost) return;
    for (const oldest of this.revisions.keys()) {
      this.revisions.delete(oldest);
      return;
    }
  }

  remove(key: string): void {
    this.revisions.delete(key);
  }

  revisionOf(key: string): Revision | undefined {
    return this.revisions.get(key);
  }
}
