import type { KubeObject } from '@shiplog/domain';
import type { Recorded } from './object-source.js';

/** The values under which an index files an object. */
export type IndexValues<T extends KubeObject> = (object: T) => readonly string[];

/** `namespace/name`, or `name` in cluster scope: how caches and queues name an object of a kind. */
export const keyOf = ({ metadata: { namespace, name = '' } }: KubeObject): string => objectKey(namespace, name);

export const objectKey = (namespace: string | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name;

/** Inverse of objectKey. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

class Index<T extends KubeObject> {
  private readonly filed = new Map<string, Set<Recorded<T>>>();

  constructor(private readonly valuesOf: IndexValues<T>) {}

  add(item: Recorded<T>): void {
    for (const value of this.valuesOf(item.object)) {
      const set = this.filed.get(value);
      if (set) set.add(item);
      else this.filed.set(value, new Set([item]));
    }
  }

  remove(item: Recorded<T>): void {
    for (const value of this.valuesOf(item.object)) {
      const set = this.filed.get(value);
      set?.delete(item);
      if (set?.size === 0) this.filed.delete(value);
    }
  }

  at(value: string): ReadonlySet<Recorded<T>> {
    return this.filed.get(value) ?? none;
  }
}

const none: ReadonlySet<never> = new Set<never>();

/** The objects of one kind by key, with indexes that are built when first asked for and kept from then on. */
export class ObjectStore<T extends KubeObject> {
  private readonly items = new Map<string, Recorded<T>>();
  private readonly indexes = new Map<IndexValues<T>, Index<T>>();

  get size(): number {
    return this.items.size;
  }

  get(key: string): Recorded<T> | undefined {
    return this.items.get(key);
  }

  keys(): IterableIterator<string> {
    return this.items.keys();
  }

  all(): IterableIterator<Recorded<T>> {
    return this.items.values();
  }

  /** Returns what was there before. */
  put(key: string, item: Recorded<T>): Recorded<T> | undefined {
    const previous = this.remove(key);
    this.items.set(key, item);
    for (const index of this.indexes.values()) index.add(item);
    return previous;
  }

  remove(key: string): Recorded<T> | undefined {
    const previous = this.items.get(key);
    if (!previous) return undefined;
    this.items.delete(key);
    for (const index of this.indexes.values()) index.remove(previous);
    return previous;
  }

  /** `valuesOf` identifies the index: pass the same function each time. */
  indexed(valuesOf: IndexValues<T>, value: string): ReadonlySet<Recorded<T>> {
    let index = this.indexes.get(valuesOf);
    if (!index) {
      index = new Index(valuesOf);
      for (const item of this.items.values()) index.add(item);
      this.indexes.set(valuesOf, index);
    }
    return index.at(value);
  }
}
