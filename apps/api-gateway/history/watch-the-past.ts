import { once } from 'node:events';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { badRequest, parseRevision, storedResource, type ResourceEvent, type Revision } from '@shiplog/domain';
import type { Answer, HttpExchange } from '../request/incoming-request.js';
import { isSet } from '../request/request-info.js';
import { listOptions, type ListOptions } from '../rest/list-options.js';
import { formatOf } from '../rest/object-answer.js';
import type { ResourceCall } from '../rest/resource-call.js';
import { WatchFrames } from '../rest/watch-frames.js';
import { WatchStream } from '../rest/watch-stream.js';
import { CachedObject } from '../watch-cache/cached-object.js';
import { WatchEvent } from '../watch-cache/watch-event.js';
import type { Selection } from '../watch-cache/selection.js';
import { selects, Transition } from '../watch-cache/watchers.js';
import type { History } from './history.js';

/** What is played again: everything in (from, to], so much faster than it happened. One moment: nothing, for nothing happens in it. */
export interface Replay {
  readonly from: Revision;
  readonly to: Revision;
  readonly speed: number;
}

const bookmarkIntervalMs = 60_000;
const defaultTimeoutSeconds = 1_800;
const maxUnreadBytes = 4 << 20;

/** A watch of the past: the state at the beginning (if the client has none), then each change as it happened, then silence, or with `ends` the end. */
export function watchThePast(call: ResourceCall, history: History, replay: Replay): Answer {
  const { context, resource } = call;
  const options = listOptions(resource, context);
  const frames = new WatchFrames(call, formatOf(call));
  const { http } = context.incoming;
  if (!http) throw badRequest('a watch needs an HTTP connection');
  return { stream: () => run(call, history, replay, options, frames, http) };
}

async function run(
  call: ResourceCall,
  history: History,
  replay: Replay,
  options: ListOptions,
  frames: WatchFrames,
  http: HttpExchange,
): Promise<void> {
  const stream = new WatchStream(http.response, call.context.signal, call.gateway.memory.events, frames.contentType);
  const over = new AbortController();
  void stream.over.then(() => over.abort());
  const { from, to } = replay;
  const known = parseRevision(options.resourceVersion) ?? 0n;
  const showsState = options.sendInitialEvents ?? known === 0n;
  let at = showsState || known < from ? from : known;
  const bookmark = (initialEventsEnd: boolean): void => {
    if (options.allowWatchBookmarks) stream.write(frames.bookmark(at, initialEventsEnd));
  };
  const expiry = setTimeout(() => stream.end(), (options.timeoutSeconds || defaultTimeoutSeconds) * 1000);
  const bookmarks = setInterval(() => bookmark(false), bookmarkIntervalMs);
  try {
    const states = await statesAt(call, history, at, options.selection);
    if (showsState) {
      for (const object of states.values())
        if (selects(options.selection, object)) stream.write(frames.event(new WatchEvent('ADDED', object)));
      if (options.sendInitialEvents) bookmark(true);
    }
    for await (const event of paced(history.events(call.resource, at, to, over.signal), replay.speed, over.signal)) {
      await untilRead(http, over.signal);
      const seen = new Transition(remember(call, states, event)).seenThrough(options.selection);
      if (seen) stream.write(frames.event(seen));
      at = event.revision;
    }
    if (!isSet(call.context.incoming.query, 'ends')) await stream.over;
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    clearTimeout(expiry);
    clearInterval(bookmarks);
    stream.end();
  }
}

async function statesAt(
  call: ResourceCall,
  history: History,
  revision: Revision,
  { namespace }: Selection,
): Promise<Map<string, CachedObject>> {
  const states = new Map<string, CachedObject>();
  for (const event of (await history.objectsAt(call.resource, revision, { namespace }, call.context.signal)) ?? [])
    remember(call, states, event);
  return states;
}

/** The object's new state, with the one before it beside it: a change is seen by what it was and what it is. */
function remember(call: ResourceCall, states: Map<string, CachedObject>, event: ResourceEvent): CachedObject {
  const object = CachedObject.of(event, storedResource(call.resource).selectableFields);
  object.previous = states.get(object.key);
  if (object.previous) object.previous.previous = undefined;
  if (object.deleted) states.delete(object.key);
  else states.set(object.key, object);
  return object;
}

/** Events one by one, as far apart as they happened, divided by the speed. */
async function* paced(
  pages: AsyncIterable<readonly ResourceEvent[]>,
  speed: number,
  signal: AbortSignal,
): AsyncGenerator<ResourceEvent> {
  let before: number | undefined;
  for await (const events of pages) {
    for (const event of events) {
      const happened = Date.parse(event.context.time);
      const waitMs = Math.max(0, (happened - (before ?? happened)) / speed);
      before = happened;
      if (waitMs >= 1) await sleep(Math.min(waitMs, 2 ** 31 - 1), undefined, { signal });
      yield event;
    }
    await turn();
  }
}

async function untilRead({ response }: HttpExchange, signal: AbortSignal): Promise<void> {
  while (response.writableLength > maxUnreadBytes) await once(response, 'drain', { signal });
}
