import { storedResource, type ResourceEvent, type Revision } from '@shiplog/domain';
import { CachedObject } from '../watch-cache/cached-object.js';
import type { KindCache } from '../watch-cache/kind-cache.js';
import { Transition, type Watcher } from '../watch-cache/watchers.js';
import type { ResourceCall } from './resource-call.js';

/** Goes on behind `after`: what memory no longer holds is read from the log first. Then the watcher is the cache's. */
export async function resume(call: ResourceCall, cache: KindCache, watcher: Watcher, after: Revision): Promise<void> {
  let reached = after;
  if (reached < cache.completeSince) {
    const states = await statesAt(call, watcher, after);
    while (reached < cache.completeSince) {
      const upTo = call.gateway.cache.position(call.resource.stream);
      for await (const event of pastEvents(call, reached, upTo)) show(states.next(event), watcher);
      reached = upTo;
    }
  }
  cache.watch(watcher, reached);
}

function show(object: CachedObject, watcher: Watcher): void {
  const seen = new Transition(object).seenThrough(watcher.selection);
  if (seen) watcher.deliver(seen);
  object.previous = undefined;
}

async function* pastEvents(
  { gateway, resource, context }: ResourceCall,
  after: Revision,
  upTo: Revision,
): AsyncGenerator<ResourceEvent> {
  for await (const events of gateway.past.events(storedResource(resource), after, upTo, context.signal)) yield* events;
}

/** Last known states while the past is replayed: whether an object has left the selection shows only beside how it was. */
class PastStates {
  private readonly states = new Map<string, CachedObject>();

  constructor(private readonly selectable: Parameters<typeof CachedObject.of>[1]) {}

  next(event: ResourceEvent): CachedObject {
    const object = CachedObject.of(event, this.selectable);
    object.previous = this.states.get(object.key);
    this.states.set(object.key, object);
    return object;
  }
}

async function statesAt(
  { gateway, resource, context }: ResourceCall,
  { selection }: Watcher,
  revision: Revision,
): Promise<PastStates> {
  const stored = storedResource(resource);
  const states = new PastStates(stored.selectableFields);
  if (!selection.matches) return states;
  const objects = await gateway.past.objectsAt(stored, revision, { namespace: selection.namespace }, context.signal);
  for (const event of objects ?? []) states.next(event);
  return states;
}
