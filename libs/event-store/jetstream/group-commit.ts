import { afterCompany } from './turns.js';
import type { WaitingAppend } from './waiting-append.js';

/** Writes a group of appends, settling each of them. Never throws. Of one group no two have the same subject. */
export type CommitGroup = (group: readonly WaitingAppend[]) => Promise<void>;

export interface GroupLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** Groups on their way at once. */
  readonly maxInFlight: number;
}

/**
 * Gathers what arrives while commits are in flight, so that the fewer syncs the disk can do, the more each of them carries.
 * An append of a subject that is being written waits for the next group.
 */
export class GroupCommit {
  private queue: WaitingAppend[] = [];
  private readonly busySubjects = new Set<string>();
  private inFlight = 0;
  private isScheduled = false;

  constructor(
    private readonly commit: CommitGroup,
    private readonly limits: GroupLimits,
  ) {}

  add(append: WaitingAppend): void {
    this.queue.push(append);
    this.schedule();
  }

  /** Requests that arrived together are written together. */
  private schedule(): void {
    if (this.isScheduled || this.inFlight >= this.limits.maxInFlight) return;
    this.isScheduled = true;
    afterCompany(() => {
      this.isScheduled = false;
      while (this.inFlight < this.limits.maxInFlight) {
        const group = this.takeGroup();
        if (group.length === 0) return;
        this.start(group);
      }
    });
  }

  private takeGroup(): WaitingAppend[] {
    const group: WaitingAppend[] = [];
    const left: WaitingAppend[] = [];
    let bytes = 0;
    for (const append of this.queue) {
      if (append.isSettled) continue;
      const fits =
        group.length < this.limits.maxMessages && (group.length === 0 || bytes + append.size <= this.limits.maxBytes);
      if (!fits || this.busySubjects.has(append.subject)) left.push(append);
      else {
        group.push(append);
        bytes += append.size;
        this.busySubjects.add(append.subject);
      }
    }
    this.queue = left;
    return group;
  }

  private start(group: readonly WaitingAppend[]): void {
    this.inFlight += 1;
    void this.commit(group).finally(() => {
      this.inFlight -= 1;
      for (const { subject } of group) this.busySubjects.delete(subject);
      if (this.queue.length > 0) this.schedule();
    });
  }
}
