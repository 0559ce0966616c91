import {
  badRequest,
  FieldPath,
  notSupported,
  invalidObject,
  parseRevision,
  type FieldError,
  type Revision,
} from '@shiplog/domain';
import type { Answer, HttpExchange } from '../../request/incoming-request.js';
import type { CachedObject } from '../../watch-cache/cached-object.js';
import type { KindCache } from '../../watch-cache/kind-cache.js';
import { WatchEvent } from '../../watch-cache/watch-event.js';
import type { Watcher } from '../../watch-cache/watchers.js';
import { listOptions, type ListOptions } from '../list-options.js';
import { formatOf } from '../object-answer.js';
import { awaitRevision, invalidRevision } from '../read-revision.js';
import { cacheOf } from '../stored-view.js';
import type { ResourceCall, Verb } from '../resource-call.js';
import { WatchFrames } from '../watch-frames.js';
import { resume } from '../resume-watch.js';
import { WatchStream } from '../watch-stream.js';

const bookmarkIntervalMs = 60_000;
const minTimeoutSeconds = 1800;

/** WATCH: every change behind a revision, as it happens. Resumes from any revision: from memory, else from the log. */
export const watch: Verb = async (call) => {
  const { context, gateway, resource } = call;
  const options = listOptions(resource, context);
  checkOptions(options);
  const frames = new WatchFrames(call, formatOf(call));
  const cache = cacheOf(call);
  const { http } = context.incoming;
  if (!cache || !http) throw badRequest('a watch needs an HTTP connection');
  await awaitRevision(gateway.cache, resource, options.resourceVersion, context);
  return { stream: () => run(call, http, cache, options, frames) } satisfies Answer;
};

function checkOptions({ resourceVersion, resourceVersionMatch, sendInitialEvents, continueToken }: ListOptions): void {
  const errors: FieldError[] = [];
  const forbid = (field: string, message: string): void => {
    errors.push({ reason: 'FieldValueForbidden', field, message: `Forbidden: ${message}` });
  };
  if (sendInitialEvents !== undefined) {
    if (resourceVersionMatch !== 'NotOlderThan')
      forbid('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  if (continueToken !== '')
    forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
  else if (sendInitialEvents === undefined && resourceVersionMatch !== '')
    forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  if (resourceVersionMatch !== '' && resourceVersionMatch !== 'NotOlderThan')
    errors.push(notSupported(FieldPath.of('resourceVersionMatch'), resourceVersionMatch, ['NotOlderThan']));
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  if (resourceVersion !== '' && parseRevision(resourceVersion) === undefined) throw invalidRevision(resourceVersion);
}

async function run(
  call: ResourceCall,
  http: HttpExchange,
  cache: KindCache,
  options: ListOptions,
  frames: WatchFrames,
): Promise<void> {
  const { context, gateway, resource } = call;
  const stream = new WatchStream(http.response, context.signal, gateway.memory.events, frames.contentType);
  const counted = gateway.metrics.watchEvents(resource);
  const watcher: Watcher = {
    selection: options.selection,
    deliver: (event) => stream.write(counted(frames.event(event))),
  };
  const position = (): Revision => gateway.cache.position(resource.stream);
  const bookmark = (initialEventsEnd: boolean): void => stream.write(frames.bookmark(position(), initialEventsEnd));
  const seconds =
    options.timeoutSeconds && options.timeoutSeconds > 0
      ? options.timeoutSeconds
      : minTimeoutSeconds * (1 + Math.random());
  const expiry = setTimeout(() => stream.end(), Math.min(seconds * 1000, 2 ** 31 - 1));
  const bookmarks = options.allowWatchBookmarks ? setInterval(() => bookmark(false), bookmarkIntervalMs) : undefined;
  try {
    if (startsWithState(options)) {
      const since = position();
      await showState(cache.page(options.selection).objects, watcher, stream);
      await resume(call, cache, watcher, since);
      if (options.sendInitialEvents && options.allowWatchBookmarks) bookmark(true);
    } else await resume(call, cache, watcher, parseRevision(options.resourceVersion) ?? position());
    context.caughtUp?.();
    await stream.over;
  } finally {
    cache.unwatch(watcher);
    clearTimeout(expiry);
    clearInterval(bookmarks);
  }
}

/** As fast as the client takes it: the state may be bigger than what a watch may have unsent. */
async function showState(objects: readonly CachedObject[], watcher: Watcher, stream: WatchStream): Promise<void> {
  for (const object of objects) {
    if (stream.isOver) return;
    watcher.deliver(new WatchEvent('ADDED', object));
    const room = stream.room();
    if (room) await room;
  }
}

/** Without a revision to go on from, a watch first shows what is there. */
const startsWithState = ({ sendInitialEvents, resourceVersion }: ListOptions): boolean =>
  sendInitialEvents ?? ['', '0'].includes(resourceVersion);
