import {
  hasReason,
  type CurrentState,
  type EventStore,
  type KubeObject,
  type ObjectAddress,
  type ObjectKey,
  type ObjectReader,
  type ResourceEvent,
  type Revision,
  type SnapshotSource,
  type StoredState,
  type StreamName,
} from '@shiplog/domain';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CachedObject } from './cached-object.js';
import { KindCache, type WindowLimits } from './kind-cache.js';
import { cacheLag } from './cache-metrics.js';
import { RecentCorrelations } from './recent-correlations.js';
import { Position } from './position.js';
import type { SelectableFields } from './selectable.js';

export const streams: readonly StreamName[] = ['RESOURCES', 'LEASES', 'EVENTS'];

/** What the cache must know about a kind. */
export interface CachedKind {
  readonly group: string;
  readonly plural: string;
  readonly stream: StreamName;
  readonly selectableFields: SelectableFields;
}

export interface ClusterCacheDependencies {
  readonly store: EventStore;
  readonly snapshots: SnapshotSource;
  readonly kinds: readonly CachedKind[];
  readonly limits: WindowLimits;
  readonly now: () => number;
  /** How long a read waits for the cache to catch up before it is refused. */
  readonly patienceMs: number;
  readonly onFault: (error: unknown, stream: StreamName) => void;
  /** The log has dropped events that the cache has not seen: only a new start from a snapshot makes it whole. */
  readonly onGone: (stream: StreamName) => void;
}

const kindName = (group: string, plural: string): string => `${plural}.${group}`;
const restartDelayMs = 500;
const trimIntervalMs = 10_000;

/** The present state of the cluster in memory: one follower for each stream, one cache for each kind. */
export class ClusterCache implements ObjectReader, CurrentState {
  private readonly caches = new Map<string, { readonly cache: KindCache; readonly stream: StreamName }>();
  private readonly positions: Record<StreamName, Position> = {
    RESOURCES: new Position(),
    LEASES: new Position(),
    EVENTS: new Position(),
  };
  private readonly correlations: Record<StreamName, RecentCorrelations> = {
    RESOURCES: new RecentCorrelations(),
    LEASES: new RecentCorrelations(),
    EVENTS: new RecentCorrelations(),
  };

  constructor(private readonly deps: ClusterCacheDependencies) {
    for (const kind of deps.kinds) this.addKind(kind);
  }

  /** Loads the snapshots, follows the streams until aborted, and resolves once the present is reached. */
  async start(signal: AbortSignal): Promise<void> {
    await Promise.all(streams.map((stream) => this.startStream(stream, signal)));
    this.trimQuietKinds(signal);
  }

  kind(group: string, plural: string): KindCache | undefined {
    return this.caches.get(kindName(group, plural))?.cache;
  }

  position(stream: StreamName): Revision {
    return this.positions[stream].revision;
  }

  /** Waits until the cache shows everything that was durable when it was called. @throws Timeout */
  async reachPresent(stream: StreamName, signal?: AbortSignal): Promise<void> {
    await this.reach(stream, await this.deps.store.lastRevision(stream, signal));
  }

  /** @throws Timeout if the log's revision is not reached in time. */
  reach(stream: StreamName, revision: Revision): Promise<void> {
    return this.positions[stream].wait(revision, this.deps.patienceMs);
  }

  /** The outermost request behind a recent event. */
  correlationOf(stream: StreamName, revision: Revision): string | undefined {
    return this.correlations[stream].of(revision);
  }

  cached({ group, plural, namespace, name }: ObjectKey): StoredState | undefined {
    const kind = this.kind(group, plural);
    const head = kind?.head(namespace, name);
    if (!head) {
      const revision = kind?.deletedAt(namespace, name);
      return revision === undefined ? undefined : { revision };
    }
    return head.deleted ? { revision: head.revision } : { revision: head.revision, object: head.object };
  }

  get<T extends KubeObject = KubeObject>({ group, plural, namespace, name }: ObjectAddress): T | undefined {
    return present<T>(this.kind(group, plural)?.head(namespace, name));
  }

  list<T extends KubeObject = KubeObject>(
    { group, plural }: { group: string; plural: string },
    namespace?: string,
  ): readonly T[] {
    const selection = namespace === undefined ? {} : { namespace };
    return (this.kind(group, plural)?.page(selection).objects ?? []).map(({ object }) => object as T);
  }

  async latest<T extends KubeObject = KubeObject>(
    address: ObjectAddress,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    await this.reachPresent(this.caches.get(kindName(address.group, address.plural))?.stream ?? 'RESOURCES', signal);
    return this.get<T>(address);
  }

  private addKind({ group, plural, stream, selectableFields }: CachedKind): KindCache {
    const cache = new KindCache(selectableFields, this.deps.limits);
    this.caches.set(kindName(group, plural), { cache, stream });
    return cache;
  }

  private cacheOf({ group, plural, stream }: ObjectKey): KindCache {
    return this.kind(group, plural) ?? this.addKind({ group, plural, stream, selectableFields: {} });
  }

  private async startStream(stream: StreamName, signal: AbortSignal): Promise<void> {
    const snapshot = await this.deps.snapshots.snapshot(stream, signal);
    for await (const events of snapshot?.objects ?? []) for (const event of events) this.cacheOf(event.key).load(event);
    if (snapshot) {
      for (const { cache, stream: home } of this.caches.values())
        if (home === stream) cache.completeSince = snapshot.revision;
      this.positions[stream].advance(snapshot.revision);
    }
    void this.follow(stream, signal);
    const target = await this.deps.store.lastRevision(stream, signal);
    while (this.position(stream) < target && !signal.aborted) await this.reach(stream, target).catch(() => sleep(100));
  }

  /** Follows for as long as the process lives: a fault is reported, and the next attempt goes on where it stopped. */
  private async follow(stream: StreamName, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const events of this.deps.store.follow(stream, this.position(stream), signal))
          this.apply(stream, events);
      } catch (error) {
        if (hasReason(error, 'Gone')) return this.deps.onGone(stream);
        if (!signal.aborted) this.deps.onFault(error, stream);
      }
      if (!signal.aborted) await sleep(restartDelayMs);
    }
  }

  /** A kind forgets as it grows; one that has gone quiet would keep its last busy minutes for ever. */
  private trimQuietKinds(signal: AbortSignal): void {
    const timer = setInterval(() => {
      const now = this.deps.now();
      for (const { cache } of this.caches.values()) cache.trim(now);
    }, trimIntervalMs).unref();
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  private apply(stream: StreamName, events: readonly ResourceEvent[]): void {
    const now = this.deps.now();
    for (const event of events) {
      this.cacheOf(event.key).apply(event, now);
      this.correlations[stream].add(event.revision, event.context.correlationId);
    }
    const last = events[events.length - 1];
    if (!last) return;
    this.positions[stream].advance(last.revision);
    cacheLag(stream).observe(Math.max(0, now - Date.parse(last.context.time)) / 1000);
  }
}

const present = <T extends KubeObject>(head: CachedObject | undefined): T | undefined =>
  head && !head.deleted ? (head.object as T) : undefined;
