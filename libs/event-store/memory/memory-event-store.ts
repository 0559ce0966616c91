import {
  AppendConflict,
  type EventStore,
  type NewResourceEvent,
  type ObjectKey,
  type ResourceEvent,
  type Revision,
  type StreamName,
} from '@shiplog/domain';
import { subjectOf } from '../log/subject.js';

interface MemoryStream {
  readonly events: ResourceEvent[];
  readonly lastOf: Map<string, ResourceEvent>;
  readonly revisionOfId: Map<string, Revision>;
  wake: PromiseWithResolvers<void>;
}

const emptyStream = (): MemoryStream => ({
  events: [],
  lastOf: new Map(),
  revisionOfId: new Map(),
  wake: Promise.withResolvers(),
});

/** The log in memory, for tests and simulations. Keeps the same promises as the JetStream one, durability excepted. */
export class MemoryEventStore implements EventStore {
  private readonly streams: Readonly<Record<StreamName, MemoryStream>> = {
    RESOURCES: emptyStream(),
    LEASES: emptyStream(),
    EVENTS: emptyStream(),
  };

  async append(event: NewResourceEvent, expected: Revision, signal?: AbortSignal): Promise<Revision> {
    signal?.throwIfAborted();
    const stream = this.streams[event.key.stream];
    const subject = subjectOf(event.key);
    const known = stream.revisionOfId.get(event.context.id);
    if (known !== undefined) return known;
    const actual = stream.lastOf.get(subject)?.revision ?? 0n;
    if (actual !== expected) throw new AppendConflict(event.key, expected, actual);
    const stored: ResourceEvent = { ...event, body: event.body.slice(), revision: BigInt(stream.events.length + 1) };
    stream.events.push(stored);
    stream.lastOf.set(subject, stored);
    stream.revisionOfId.set(event.context.id, stored.revision);
    stream.wake.resolve();
    stream.wake = Promise.withResolvers();
    return stored.revision;
  }

  async *follow(name: StreamName, after: Revision, signal: AbortSignal): AsyncIterable<readonly ResourceEvent[]> {
    const stream = this.streams[name];
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (let at = Number(after); !signal.aborted;) {
      const events = stream.events.slice(at);
      at += events.length;
      if (events.length > 0) yield events;
      else await Promise.race([stream.wake.promise, aborted]);
    }
  }

  async lastRevision(name: StreamName, signal?: AbortSignal): Promise<Revision> {
    signal?.throwIfAborted();
    return BigInt(this.streams[name].events.length);
  }

  async last(key: ObjectKey, signal?: AbortSignal): Promise<ResourceEvent | undefined> {
    signal?.throwIfAborted();
    return this.streams[key.stream].lastOf.get(subjectOf(key));
  }
}
