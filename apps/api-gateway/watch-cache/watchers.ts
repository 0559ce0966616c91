import type { CachedObject } from './cached-object.js';
import type { Selection } from './selection.js';
import { WatchEvent, type WatchEventType } from './watch-event.js';

/** One client's watch. `deliver` must not block: it writes, or closes a reader that is too slow. */
export interface Watcher {
  readonly selection: Selection;
  deliver(event: WatchEvent): void;
}

/** The watchers of one kind, found by what they are about, so that a change costs only those it may concern. */
export class Watchers {
  private readonly scopes = new Map<string, Set<Watcher>>();

  get size(): number {
    let size = 0;
    for (const watchers of this.scopes.values()) size += watchers.size;
    return size;
  }

  add(watcher: Watcher): void {
    const scope = scopeOf(watcher.selection);
    const watchers = this.scopes.get(scope) ?? new Set();
    this.scopes.set(scope, watchers.add(watcher));
  }

  remove(watcher: Watcher): void {
    const scope = scopeOf(watcher.selection);
    const watchers = this.scopes.get(scope);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.scopes.delete(scope);
  }

  notify(object: CachedObject): void {
    if (this.scopes.size === 0) return;
    const transition = new Transition(object);
    for (const scope of scopesTouchedBy(object))
      for (const watcher of this.scopes.get(scope) ?? []) {
        const event = transition.seenThrough(watcher.selection);
        if (event) watcher.deliver(event);
      }
  }
}

function scopeOf({ namespace, name, nodeName }: Selection): string {
  if (name !== undefined && namespace !== undefined) return `name:${namespace}/${name}`;
  if (nodeName !== undefined) return `node:${nodeName}`;
  return namespace === undefined ? 'all' : `namespace:${namespace}`;
}

/** A pod that moves (it never does, but may get its node) concerns the watchers of both nodes. */
function scopesTouchedBy(object: CachedObject): Set<string> {
  const scopes = new Set(['all', `namespace:${object.namespace}`, `name:${object.namespace}/${object.name}`]);
  for (const state of [object, object.previous]) {
    const nodeName = state?.nodeName;
    if (nodeName !== undefined) scopes.add(`node:${nodeName}`);
  }
  return scopes;
}

const inScope = ({ namespace, name }: Selection, object: CachedObject): boolean =>
  (namespace === undefined || namespace === object.namespace) && (name === undefined || name === object.name);

export const selects = (selection: Selection, object: CachedObject): boolean =>
  inScope(selection, object) && (selection.matches?.(object) ?? true);

/** One change of one object; its event depends on whether the watcher's selection held before and holds after. */
export class Transition {
  private readonly events = new Map<WatchEventType | 'LEFT', WatchEvent>();
  private readonly before: CachedObject | undefined;

  constructor(private readonly object: CachedObject) {
    this.before = object.previous?.deleted ? undefined : object.previous;
  }

  seenThrough(selection: Selection): WatchEvent | undefined {
    const { object, before } = this;
    const held = before !== undefined && selects(selection, before);
    if (object.deleted)
      return held || (before === undefined && selects(selection, object)) ? this.event('DELETED') : undefined;
    if (selects(selection, object))
      return this.event(held || (before === undefined && !object.created) ? 'MODIFIED' : 'ADDED');
    return held ? this.event('LEFT') : undefined;
  }

  private event(type: WatchEventType | 'LEFT'): WatchEvent {
    let event = this.events.get(type);
    if (!event) {
      event = type === 'LEFT' ? new WatchEvent('DELETED', this.object, this.before) : new WatchEvent(type, this.object);
      this.events.set(type, event);
    }
    return event;
  }
}
