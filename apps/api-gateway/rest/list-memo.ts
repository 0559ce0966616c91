import type { KindCache } from '../watch-cache/kind-cache.js';
import { bytesOfReference, type ListItems } from './list-items.js';

/** The items of a list, and what its metadata says of them. */
export interface ListedItems {
  readonly items: ListItems;
  /** Key of the last item, if there are more. */
  readonly last?: string;
  readonly remaining?: number;
}

interface Remembered {
  readonly at: number;
  readonly lastChange: bigint;
  readonly listed: ListedItems;
  /** What remembering it takes: the names of its objects, and its bytes once these are laid out. */
  bytes: number;
}

const MiB = 1024 * 1024;
const lifeMs = 5_000;

/** Lists of up to `list` bytes are laid out when they are asked for again; all that is remembered takes up to `all`. */
export const memoBounds = { list: 8 * MiB, all: 24 * MiB };

/**
 * Lists that were asked for a moment ago, for as long as nothing of their kind has changed: who asks again, and who asks at the same
 * time, gets the same objects, and of smaller lists the same bytes. They are forgotten after five seconds.
 */
export class ListMemo {
  private readonly kinds = new Map<KindCache, Map<string, Remembered>>();
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly bounds = memoBounds,
  ) {}

  /** `query` names all that chooses the items. */
  listed(cache: KindCache, query: string, list: () => ListedItems): ListedItems {
    const known = this.kinds.get(cache)?.get(query);
    if (known?.lastChange === cache.lastChange) return this.shared(known);
    const listed = list();
    this.forget(cache, query);
    this.remember(cache, query, listed);
    return listed;
  }

  /** Laid out when they are wanted again: many lists never are. */
  private shared(known: Remembered): ListedItems {
    const { items } = known.listed;
    if (!items.isLaidOut && items.length <= this.bounds.list && this.bytes + items.length <= this.bounds.all) {
      items.layOut();
      this.bytes += items.length;
      known.bytes += items.length;
    }
    return known.listed;
  }

  private remember(cache: KindCache, query: string, listed: ListedItems): void {
    const bytes = listed.items.count * bytesOfReference;
    if (this.bytes + bytes > this.bounds.all) return;
    this.bytes += bytes;
    const lists = this.kinds.get(cache) ?? new Map<string, Remembered>();
    this.kinds.set(cache, lists.set(query, { listed, bytes, at: this.now(), lastChange: cache.lastChange }));
    this.timer ??= setTimeout(() => this.sweep(), lifeMs).unref();
  }

  private forget(cache: KindCache, query: string): void {
    const lists = this.kinds.get(cache);
    const known = lists?.get(query);
    if (!lists || !known) return;
    this.bytes -= known.bytes;
    lists.delete(query);
    if (lists.size === 0) this.kinds.delete(cache);
  }

  private sweep(): void {
    const oldest = this.now() - lifeMs;
    for (const [cache, lists] of this.kinds)
      for (const [query, { at, lastChange }] of lists)
        if (at <= oldest || lastChange !== cache.lastChange) this.forget(cache, query);
    this.timer = this.kinds.size > 0 ? setTimeout(() => this.sweep(), lifeMs).unref() : undefined;
  }
}
