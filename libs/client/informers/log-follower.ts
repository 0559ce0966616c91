import {
  hasReason,
  parseForReading,
  type EventStore,
  type KubeObject,
  type ResourceEvent,
  type Revision,
  type SnapshotSource,
  type StreamName,
} from '@shiplog/domain';
import { Backoff } from './backoff.js';
import type { ObjectSink, ObjectSource, Recorded } from './object-source.js';
import type { ResourceType } from './resource-type.js';

interface Subscription {
  readonly takes: (event: ResourceEvent) => boolean;
  readonly sink: ObjectSink;
}

/**
 * Follows one stream for the whole process: every cache of its kinds stands at the same revision, and each event is parsed once.
 * Starts from the snapshot, if there is one, and goes on where it was after every fault.
 */
export class LogFollower {
  private readonly subscriptions: Subscription[] = [];
  private at: Revision | undefined;
  private hasLoaded = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly log: EventStore,
    private readonly snapshots: SnapshotSource,
    readonly stream: StreamName,
    private readonly onFault: (error: unknown) => void = () => undefined,
    private readonly backoff = new Backoff(),
  ) {}

  /** The objects of one kind. */
  source<T extends KubeObject>({ group, plural }: ResourceType<T>): ObjectSource<T> {
    return this.sourceOf((event) => event.key.plural === plural && event.key.group === group);
  }

  /** The objects of every kind of the stream. */
  everything(): ObjectSource {
    return this.sourceOf(() => true);
  }

  /** Follows until aborted. The same run for all who ask. */
  run(signal: AbortSignal): Promise<void> {
    this.running ??= this.follow(signal);
    return this.running;
  }

  private sourceOf<T extends KubeObject>(takes: Subscription['takes']): ObjectSource<T> {
    return {
      attach: (sink) => {
        if (this.running) throw new Error(`${this.stream} is already being followed: attach every cache before`);
        this.subscriptions.push({ takes, sink: sink as ObjectSink });
      },
      run: (signal) => this.run(signal),
    };
  }

  private async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const goal = await this.log.lastRevision(this.stream, signal);
        this.at ??= await this.load(signal);
        this.hasLoaded = true;
        this.tellReached(this.at, goal);
        for await (const events of this.log.follow(this.stream, this.at, signal)) {
          for (const event of events) this.take(event);
          this.tellReached(events.at(-1)?.revision ?? this.at, goal);
          this.backoff.reset();
        }
      } catch (error) {
        if (signal.aborted) return;
        if (hasReason(error, 'Gone') || hasReason(error, 'Expired')) this.at = undefined;
        this.onFault(error);
      }
      await this.backoff.wait(signal);
    }
  }

  private async load(signal: AbortSignal): Promise<Revision> {
    const snapshot = await this.snapshots.snapshot(this.stream, signal);
    if (!snapshot && !this.hasLoaded) return 0n;
    // What was deleted meanwhile may have left no trace in the log: only a snapshot shows that it is gone.
    if (!snapshot) throw new Error(`${this.stream}: what followed is lost, and there is no snapshot to go on from`);
    const loaded = this.subscriptions.map((): Recorded[] => []);
    for await (const events of snapshot.objects)
      for (const event of events) {
        const item = lazilyRecorded(event);
        this.subscriptions.forEach(({ takes }, i) => {
          if (takes(event)) loaded[i]?.push(item());
        });
      }
    this.subscriptions.forEach(({ sink }, i) => sink.replace(loaded[i] ?? [], snapshot.revision));
    return snapshot.revision;
  }

  private take(event: ResourceEvent): void {
    const item = lazilyRecorded(event);
    for (const { takes, sink } of this.subscriptions) {
      if (!takes(event)) continue;
      if (event.type === 'deleted') sink.remove(item());
      else sink.put(item());
    }
    this.at = event.revision;
  }

  private tellReached(revision: Revision, goal: Revision): void {
    for (const { sink } of this.subscriptions) {
      sink.reached(revision);
      if (revision >= goal) sink.synced();
    }
  }
}

/** Parses the event's object at most once, and only if somebody wants it. */
function lazilyRecorded(event: ResourceEvent): () => Recorded {
  let item: Recorded | undefined;
  return () =>
    (item ??= {
      object: parseForReading(event.body, event.revision),
      revision: event.revision,
      cause: `${event.key.stream}/${event.revision}`,
      key: event.key,
      context: event.context,
    });
}
