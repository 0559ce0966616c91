import type { KubeObject, Revision } from '@shiplog/domain';
import { deepFreeze, freezesCaches } from './deep-freeze.js';
import { listerOf, type Lister } from './lister.js';
import type { ObjectSink, ObjectSource, Recorded } from './object-source.js';
import { keyOf, ObjectStore } from './object-store.js';
import type { ResourceType } from './resource-type.js';

/** One change of a cached object. Of a deleted object `current` is how it last was, with the event that deleted it. */
export type Change<T extends KubeObject = KubeObject> =
  | { readonly type: 'added'; readonly key: string; readonly current: Recorded<T>; readonly previous?: undefined }
  | {
      readonly type: 'updated' | 'deleted';
      readonly key: string;
      readonly current: Recorded<T>;
      readonly previous: Recorded<T>;
    };

export type ChangeListener<T extends KubeObject = KubeObject> = (change: Change<T>) => void;

interface Waiter {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
}

/** A cache of one kind that follows a source and tells of every change after it has taken it in. */
export class Informer<T extends KubeObject = KubeObject> implements ObjectSink<T> {
  readonly lister: Lister<T>;
  private readonly store = new ObjectStore<T>();
  private readonly listeners = new Set<ChangeListener<T>>();
  private readonly waiters = new Set<Waiter>();
  private lastRevision: Revision = 0n;
  private isSynced = false;

  constructor(
    readonly type: ResourceType<T>,
    readonly source: ObjectSource<T>,
  ) {
    this.lister = listerOf(this.store);
    source.attach(this);
  }

  /** How far the cache has come: every change up to it is in. */
  revision(): Revision {
    return this.lastRevision;
  }

  get hasSynced(): boolean {
    return this.isSynced;
  }

  /** Tells of every change from now on, what is already there first. Called synchronously: listeners must be quick and not throw. */
  onChange(listener: ChangeListener<T>): () => void {
    for (const current of this.store.all()) listener({ type: 'added', key: keyOf(current.object), current });
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  whenSynced(signal: AbortSignal): Promise<void> {
    return this.waitUntil(() => this.isSynced, signal);
  }

  waitForRevision(revision: Revision, signal: AbortSignal): Promise<void> {
    return this.waitUntil(() => this.lastRevision >= revision, signal);
  }

  /** Resolves once `isDone`, asked again whenever the cache has moved. */
  async waitUntil(isDone: () => boolean, signal: AbortSignal): Promise<void> {
    if (isDone()) return;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const waiter: Waiter = { isDone, resolve: () => resolve(undefined) };
    const giveUp = (): void => reject(signal.reason);
    this.waiters.add(waiter);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await promise;
    } finally {
      this.waiters.delete(waiter);
      signal.removeEventListener('abort', giveUp);
    }
  }

  replace(items: readonly Recorded<T>[], revision: Revision): void {
    const kept = new Set(items.map(({ object }) => keyOf(object)));
    for (const item of items) this.put(item);
    for (const previous of [...this.store.all()]) if (!kept.has(keyOf(previous.object))) this.remove(previous);
    this.reached(revision);
  }

  put(item: Recorded<T>): void {
    const key = keyOf(item.object);
    const known = this.store.get(key);
    if (known && known.revision >= item.revision) return;
    if (freezesCaches) deepFreeze(item.object);
    const previous = this.store.put(key, item);
    if (previous && previous.object.metadata.uid !== item.object.metadata.uid) {
      this.tell({
        type: 'deleted',
        key,
        current: { ...previous, revision: item.revision, cause: item.cause },
        previous,
      });
      this.tell({ type: 'added', key, current: item });
    } else if (previous) this.tell({ type: 'updated', key, current: item, previous });
    else this.tell({ type: 'added', key, current: item });
  }

  remove(item: Recorded<T>): void {
    const key = keyOf(item.object);
    const known = this.store.get(key);
    if (!known || known.revision > item.revision) return;
    this.store.remove(key);
    this.tell({ type: 'deleted', key, current: item, previous: known });
  }

  reached(revision: Revision): void {
    if (revision > this.lastRevision) this.lastRevision = revision;
    this.wake();
  }

  synced(): void {
    this.isSynced = true;
    this.wake();
  }

  private tell(change: Change<T>): void {
    for (const listener of this.listeners) listener(change);
  }

  private wake(): void {
    for (const waiter of [...this.waiters])
      if (waiter.isDone()) {
        this.waiters.delete(waiter);
        waiter.resolve();
      }
  }
}
