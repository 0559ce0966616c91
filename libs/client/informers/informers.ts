import type { EventStore, KubeObject, SnapshotSource, StreamName } from '@shiplog/domain';
import { HttpWatchSource, type ListWatchClient } from './http-watch-source.js';
import { Informer } from './informer.js';
import { LogFollower } from './log-follower.js';
import type { ObjectSource } from './object-source.js';
import type { ResourceType } from './resource-type.js';

/** The caches of a process: one informer a kind, shared by all who read it. */
export class Informers {
  private readonly informers = new Map<string, Informer>();
  private readonly extra: ObjectSource[] = [];
  private isRunning = false;

  constructor(private readonly sourceOf: <T extends KubeObject>(type: ResourceType<T>) => ObjectSource<T>) {}

  of<T extends KubeObject>(type: ResourceType<T>): Informer<T> {
    const name = `${type.group}/${type.plural}`;
    const known = this.informers.get(name);
    if (known) return known as unknown as Informer<T>;
    if (this.isRunning) throw new Error(`the informers run already: nobody would feed the cache of ${name}`);
    const informer = new Informer(type, this.sourceOf(type));
    this.informers.set(name, informer as unknown as Informer);
    return informer;
  }

  /** Runs a source that feeds a cache of another sort, e.g. of every kind, along with the others. */
  alsoRun(source: ObjectSource): void {
    this.extra.push(source);
  }

  /** Follows until aborted. Every `of` comes before. */
  async run(signal: AbortSignal): Promise<void> {
    this.isRunning = true;
    const sources = [...[...this.informers.values()].map(({ source }) => source), ...this.extra];
    await Promise.all(sources.map((source) => source.run(signal)));
  }

  async whenSynced(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.informers.values()].map((informer) => informer.whenSynced(signal)));
  }
}

export interface LogCaches {
  readonly informers: Informers;
  /** The one follower of a stream. */
  follower(stream: StreamName): LogFollower;
}

/** Caches that follow the log: one follower a stream, however many kinds. */
export function informersOfLog(
  log: EventStore,
  snapshots: SnapshotSource,
  onFault?: (error: unknown) => void,
): LogCaches {
  const followers = new Map<StreamName, LogFollower>();
  const follower = (stream: StreamName): LogFollower => {
    const known = followers.get(stream) ?? new LogFollower(log, snapshots, stream, onFault);
    followers.set(stream, known);
    return known;
  };
  return { informers: new Informers((type) => follower(type.stream).source(type)), follower };
}

/** Caches that watch over HTTPS, one watch a kind. */
export const informersOfApi = (client: ListWatchClient, onFault?: (error: unknown) => void): Informers =>
  new Informers((type) => new HttpWatchSource(client, type, {}, onFault));
