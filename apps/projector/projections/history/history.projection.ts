import type { Revision } from '@shiplog/domain';
import { archivedStreams, openEnd, type StoredEvent } from '@shiplog/event-store';
import { objectKeyText, type Projection } from '../../projecting/projection.js';
import { historyTable } from './history.table.js';

/** One event and the revision that ended it; of one that nothing has ended, `openEnd`. */
export interface Version {
  readonly event: StoredEvent;
  readonly next: Revision;
}

/** What a set of events adds to an object's history, oldest first, and what ends the version that was open before. */
export interface Timeline {
  readonly endOfOpen?: Revision;
  readonly added: readonly Version[];
}

/** Every event of every object, with the range of revisions in which it was current. Heartbeats are not worth keeping. */
export const history: Projection<Timeline> = {
  name: 'history',
  streams: archivedStreams,
  needsEveryEvent: true,
  key: objectKeyText,
  evolve: (timeline, event) => {
    // Nothing is current after a deletion, not even the deletion.
    const version = { event, next: event.type === 'deleted' ? event.revision : openEnd };
    if (!timeline) return { endOfOpen: event.revision, added: [version] };
    const last = timeline.added.at(-1);
    const ended = last?.next === openEnd ? timeline.added.with(-1, { ...last, next: event.revision }) : timeline.added;
    return { ...timeline, added: [...ended, version] };
  },
  table: historyTable,
};
