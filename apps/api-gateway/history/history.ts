import {
  badRequest,
  StatusError,
  storedResource,
  unavailable,
  type AnyResource,
  type EventStore,
  type ObjectKey,
  type ResourceEvent,
  type Revision,
  type StreamName,
} from '@shiplog/domain';
import type { HistoryReader, PageOfKind, PageOfPast, PartOfKind, StoredKind } from '@shiplog/event-store';
import type { PastReader } from '../watch-cache/past-reader.js';
import type { Moment } from './moment.js';

const patienceMs = 3_000;

/** The cluster's past, as requests ask for it: PostgreSQL where it is archived, else what the log still holds. */
export class History implements PastReader {
  constructor(
    readonly reader: HistoryReader,
    private readonly log: Pick<EventStore, 'follow' | 'lastRevision'>,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /**
   * The revision of a stream at a moment, with everything up to it archived.
   * @throws StatusError ServiceUnavailable while the archive is behind or away, BadRequest for the future and for what has no history.
   */
  async revisionOf(moment: Moment, stream: StreamName, signal?: AbortSignal): Promise<Revision> {
    if (stream === 'LEASES') throw noHistory('leases');
    const present = await this.log.lastRevision(stream, signal);
    if ('revision' in moment && stream === 'RESOURCES') {
      if (moment.revision > present)
        throw badRequest(`revision ${moment.revision} has not happened yet: the log ends at ${present}`);
      await this.archived(stream, moment.revision, signal);
      return moment.revision;
    }
    await this.archived(stream, present, signal);
    return this.reading(async () => {
      const time = 'time' in moment ? moment.time : await this.reader.timeOf('RESOURCES', moment.revision);
      return time ? this.reader.revisionAt(stream, time) : 0n;
    });
  }

  /** The object as it was; undefined if there was none. */
  async objectAt(key: ObjectKey, revision: Revision): Promise<ResourceEvent | undefined> {
    return this.reading(() => this.reader.objectAt(key, revision));
  }

  objectsAt(
    resource: AnyResource,
    revision: Revision,
    part: PartOfKind,
    signal: AbortSignal,
  ): Promise<readonly ResourceEvent[] | undefined> {
    return this.ofKindAt(resource, revision, signal, (kind) => this.reader.objectsAt(kind, revision, part));
  }

  pageAt(
    resource: AnyResource,
    revision: Revision,
    page: PageOfKind,
    signal: AbortSignal,
  ): Promise<PageOfPast | undefined> {
    return this.ofKindAt(resource, revision, signal, (kind) => this.reader.pageAt(kind, revision, page));
  }

  /** The outermost request that an event follows from; undefined if the archive does not know it, or does not answer. */
  async correlationOf(stream: StreamName, revision: Revision): Promise<string | undefined> {
    try {
      return (await this.reader.event(stream, revision))?.context.correlationId;
    } catch (error) {
      this.onFault(error);
      return undefined;
    }
  }

  async *events(
    resource: AnyResource,
    after: Revision,
    upTo: Revision,
    signal: AbortSignal,
  ): AsyncIterable<readonly ResourceEvent[]> {
    const { stream, group, plural } = storedResource(resource);
    if (stream !== 'LEASES' && (await this.isArchived(stream, upTo)))
      return yield* this.reader.eventsBetween({ stream, group, plural }, after, upTo, signal);
    if (upTo <= after) return;
    for await (const events of this.log.follow(stream, after, signal)) {
      yield events.filter(({ key, revision }) => key.plural === plural && key.group === group && revision <= upTo);
      if ((events.at(-1)?.revision ?? after) >= upTo) return;
    }
  }

  private async ofKindAt<T>(
    resource: AnyResource,
    revision: Revision,
    signal: AbortSignal,
    read: (kind: StoredKind) => Promise<T>,
  ): Promise<T | undefined> {
    const { stream, group, plural } = storedResource(resource);
    if (stream === 'LEASES') return undefined;
    try {
      await this.reader.reach(stream, revision, patienceMs, signal);
      return await read({ stream, group, plural });
    } catch (error) {
      this.onFault(error);
      return undefined;
    }
  }

  private async isArchived(stream: StreamName, revision: Revision): Promise<boolean> {
    try {
      return (await this.reader.position(stream)) >= revision;
    } catch (error) {
      this.onFault(error);
      return false;
    }
  }

  private archived(stream: StreamName, revision: Revision, signal?: AbortSignal): Promise<void> {
    return this.reading(() => this.reader.reach(stream, revision, patienceMs, signal));
  }

  /** What PostgreSQL does not answer is unavailable, and never an older state. */
  async reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof StatusError) throw error;
      this.onFault(error);
      throw Object.assign(unavailable('the past cannot be read: PostgreSQL does not answer'), { cause: error });
    }
  }
}

export const noHistory = (plural: string): StatusError =>
  badRequest(`${plural} have no history: heartbeats are not kept`);
