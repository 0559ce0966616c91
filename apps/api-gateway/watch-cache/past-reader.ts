import type { PageOfKind, PageOfPast, PartOfKind } from '@shiplog/event-store';
import type { AnyResource, ResourceEvent, Revision } from '@shiplog/domain';

/** The log behind what memory holds: from the stream while it is there, else from PostgreSQL. */
export interface PastReader {
  /** Every event of one kind behind `after`, up to and including `upTo`, in order. */
  events(
    resource: AnyResource,
    after: Revision,
    upTo: Revision,
    signal: AbortSignal,
  ): AsyncIterable<readonly ResourceEvent[]>;
  /** The kind's objects (or part of them) as they were at `revision`, in key order. Undefined if the past cannot be read now. */
  objectsAt(
    resource: AnyResource,
    revision: Revision,
    part: PartOfKind,
    signal: AbortSignal,
  ): Promise<readonly ResourceEvent[] | undefined>;
  /** A page of the same. */
  pageAt(
    resource: AnyResource,
    revision: Revision,
    page: PageOfKind,
    signal: AbortSignal,
  ): Promise<PageOfPast | undefined>;
}
