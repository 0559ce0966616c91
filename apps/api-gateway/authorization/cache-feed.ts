import type { ClusterCache } from '../watch-cache/cluster-cache.js';
import type { Watcher } from '../watch-cache/watchers.js';
import type { ObjectFeed } from './object-feed.js';

const typeOf = { ADDED: 'created', MODIFIED: 'updated', DELETED: 'deleted' } as const;

/** The watch cache as a feed for indexes. Kinds that are not served are silent. */
export const cacheFeed = (cache: ClusterCache): ObjectFeed => ({
  follow: ({ group, plural }, listener) => {
    const kind = cache.kind(group, plural);
    if (kind === undefined) return;
    for (const { object } of kind.page({}).objects) listener({ type: 'created', object });
    const watcher: Watcher = {
      selection: {},
      deliver: ({ type, object: cached }) =>
        listener({
          type: typeOf[type],
          cached,
          get object() {
            return cached.object;
          },
        }),
    };
    kind.watch(watcher, kind.lastChange);
  },
});
