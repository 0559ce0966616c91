import type { ObjectKey, Revision, StreamName } from '@shiplog/domain';

/** The log as the compactor needs it. */
export interface CompactableLog {
  /** Tells one log from another. */
  identity(stream: StreamName): Promise<string>;
  lastRevision(stream: StreamName): Promise<Revision>;
  /** Up to which revision superseded events may be missing. */
  compactedUpTo(stream: StreamName): Promise<Revision>;
  /** Says so before it becomes true; never moves back. */
  announceCompaction(stream: StreamName, upTo: Revision): Promise<void>;
  /** Drops the object's events before a revision. Resolves with how many there were. */
  dropBefore(key: ObjectKey, before: Revision): Promise<number>;
}
