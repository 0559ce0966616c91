import type { ResourceEvent, Revision } from '@shiplog/domain';
import { CachedObject, keyOf, stateAt } from './cached-object.js';
import { DeletedNames } from './deleted-names.js';
import { PackedBytes } from './packed-bytes.js';
import type { SelectableFields } from './selectable.js';
import type { Selection } from './selection.js';
import { SortedMap } from './sorted-map.js';
import { selects, Transition, Watchers, type Watcher } from './watchers.js';

/** How much of the recent past a kind keeps in memory: consistent pages and watches that resume are served from it. */
export interface WindowLimits {
  readonly ageMs: number;
  readonly bytes: number;
}

export interface Page {
  readonly objects: readonly CachedObject[];
  /** Key of the last object, if there are more. */
  readonly last?: string;
  /** How many more there are; unknown where objects are selected. */
  readonly remaining?: number;
}

/** What a state takes beside its bytes, measured roughly: for a Lease as much as these. */
const besideBytes = 512;

/** The present objects of one kind and what recently happened to them. Events are applied in log order. */
export class KindCache {
  /** Newest state of every object, recent tombstones included. */
  private readonly heads = new SortedMap<CachedObject>();
  private readonly watchers = new Watchers();
  private readonly deletedNames = new DeletedNames();
  private readonly packed = new PackedBytes();
  private window: { readonly object: CachedObject; readonly at: number }[] = [];
  private windowStart = 0;
  private windowBytes = 0;
  /** Every event of this kind behind this revision is in the window. */
  completeSince: Revision = 0n;
  /** Revision of the kind's last event. */
  lastChange: Revision = 0n;
  /** How many objects there are now. */
  present = 0;
  /** Bytes of all states that newer ones have replaced so far: of a list that is older, no more than was added since is kept by it alone. */
  replacedBytes = 0;

  constructor(
    private readonly selectable: SelectableFields,
    private readonly limits: WindowLimits,
  ) {}

  /** Takes an object of the snapshot: state without a story. Nobody watches yet but our own indexes. */
  load(event: ResourceEvent): void {
    if (event.type === 'deleted') return;
    const object = CachedObject.loaded(event, this.selectable, this.packed);
    this.heads.set(object.key, object);
    this.present++;
    this.watchers.notify(object);
    object.release();
    if (object.revision > this.lastChange) this.lastChange = object.revision;
  }

  apply(event: ResourceEvent, now: number): void {
    const key = keyOf(event.key);
    const previous = this.heads.get(key);
    if (previous && previous.revision >= event.revision) return;
    const object = CachedObject.packed(event, this.selectable, this.packed, previous?.key ?? key);
    object.previous = previous;
    this.replacedBytes += previous?.size ?? 0;
    this.heads.set(object.key, object);
    if (!previous) this.deletedNames.remove(key);
    this.present += Number(!object.deleted) - Number(previous !== undefined && !previous.deleted);
    this.window.push({ object, at: now });
    this.windowBytes += object.size + besideBytes;
    this.lastChange = object.revision;
    this.watchers.notify(object);
    // Few are asked for soon, and what lives longer than a moment costs the garbage collector.
    object.release();
    if (previous) this.supersede(previous);
    this.trim(now);
  }

  private supersede(previous: CachedObject): void {
    previous.release();
    previous.superseded();
    // In the window it is still to be read; at rest it was the newest state and nothing else.
    if (previous.isBy(this.completeSince)) previous.leave();
  }

  /** The newest state, a recent tombstone included. */
  head(namespace: string, name: string): CachedObject | undefined {
    return this.heads.get(`${namespace}/${name}`);
  }

  /** When an object was deleted that nothing else is known of any more. */
  deletedAt(namespace: string, name: string): Revision | undefined {
    return this.deletedNames.revisionOf(`${namespace}/${name}`);
  }

  private bury(tombstone: CachedObject): void {
    tombstone.superseded();
    this.heads.delete(tombstone.key);
    this.deletedNames.add(tombstone.key, tombstone.revision);
  }

  /** Present objects in key order; at an earlier `revision` as far back as `completeSince`. */
  page(
    selection: Selection,
    { after = '', limit = Infinity, revision }: { after?: string; limit?: number; revision?: Revision } = {},
  ): Page {
    const objects: CachedObject[] = [];
    let remaining = 0;
    for (const state of this.states(selection, after, revision)) {
      if (objects.length < limit) objects.push(state);
      else if (selection.matches) return { objects, last: lastKey(objects) };
      else remaining++;
    }
    return remaining === 0 ? { objects } : { objects, last: lastKey(objects), remaining };
  }

  /** The selected objects behind a key, in key order, as they were at a revision (undefined: now). */
  private *states(selection: Selection, after: string, revision: Revision | undefined): Generator<CachedObject> {
    const prefix = selection.namespace === undefined ? '' : `${selection.namespace}/`;
    const only =
      selection.namespace !== undefined && selection.name !== undefined
        ? this.head(selection.namespace, selection.name)
        : undefined;
    for (const [key, head] of only ? [[only.key, only] as const] : this.heads.walk(after, prefix)) {
      if (key <= after) continue;
      const state = revision === undefined ? head : stateAt(head, revision);
      if (state && !state.deleted && selects(selection, state)) yield state;
    }
  }

  /** What happened behind `after`, as this watcher sees it; then it gets every event until it is removed. Needs `after >= completeSince`. */
  watch(watcher: Watcher, after: Revision): void {
    for (let i = this.firstBehind(after); i < this.window.length; i++) {
      const entry = this.window[i];
      const event = entry && new Transition(entry.object).seenThrough(watcher.selection);
      if (event) watcher.deliver(event);
    }
    this.watchers.add(watcher);
  }

  unwatch(watcher: Watcher): void {
    this.watchers.remove(watcher);
  }

  /** How many objects there are, recent tombstones included. */
  get size(): number {
    return this.heads.size;
  }

  get watcherCount(): number {
    return this.watchers.size;
  }

  private firstBehind(revision: Revision): number {
    let low = this.windowStart;
    let high = this.window.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.window[middle]?.object.revision ?? 0n) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Forgets what is too old or too much. The present state is no part of the window and stays. */
  trim(now: number): void {
    for (;;) {
      const oldest = this.window[this.windowStart];
      if (!oldest || (now - oldest.at <= this.limits.ageMs && this.windowBytes <= this.limits.bytes)) break;
      const { object } = oldest;
      object.previous = undefined;
      if (object.deleted && object.stays) this.bury(object);
      if (!object.stays) object.leave();
      this.windowBytes -= object.size + besideBytes;
      this.completeSince = object.revision;
      this.windowStart++;
    }
    if (this.windowStart > 1024 && this.windowStart > this.window.length / 2) {
      this.window = this.window.slice(this.windowStart);
      this.windowStart = 0;
    }
  }
}

const lastKey = (objects: readonly CachedObject[]): string => objects[objects.length - 1]?.key ?? '';
