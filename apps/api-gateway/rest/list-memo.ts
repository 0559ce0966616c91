import type { Revision } from '@shiplog/domain';
import type { KindCache } from '../watch-cache/kind-cache.js';

/** The items of a list, laid out as they are sent, and what its metadata says of them. */
export interface ListedItems {
  readonly bytes: Buffer;
  /** Key of the last item, if there are more. */
  readonly last?: string;
  readonly remaining?: number;
}

interface Remembered extends ListedItems {
  readonly at: number;
  readonly lastChange: Revision;
}

const lifeMs = 5_000;
const maxBytes = 64 * 1024 * 1024;

/**
 * Lists that were asked for a moment ago, for as long as nothing of their kind has changed: who asks again, and who asks at the same
 * time, gets the same bytes. They are forgotten after five seconds.
 */
export class ListMemo {
  private readonly kinds = new Map<KindCache, Map<string, Remembered>>();
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** `query` names all that chooses the items. */
  items(cache: KindCache, query: string, list: () => ListedItems): ListedItems {
    const known = this.kinds.get(cache)?.get(query);
    if (known?.lastChange === cache.lastChange) return known;
    const items = list();
    this.forget(cache, query);
    this.remember(cache, query, items);
    return items;
  }

  private remember(cache: KindCache, query: string, items: ListedItems): void {
    if (this.bytes + items.bytes.length > maxBytes) return;
    this.bytes += items.bytes.length;
    const lists = this.kinds.get(cache) ?? new Map<string, Remembered>();
    this.kinds.set(cache, lists.set(query, { ...items, at: this.now(), lastChange: cache.lastChange }));
    this.timer ??= setTimeout(() => this.sweep(), lifeMs).unref();
  }

  private forget(cache: KindCache, query: string): void {
    const lists = this.kinds.get(cache);
    const known = lists?.get(query);
    if (!lists || !known) return;
    this.bytes -= known.bytes.length;
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
