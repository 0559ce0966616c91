import type { ResourceEvent, Revision } from '@shiplog/domain';
import { objectKeyText, type Projection } from '../../projecting/projection.js';
import { historyTable } from './history.table.js';

/** One event and the revision that ended it, if one has. */
export interface Version {
  readonly event: ResourceEvent;
  readonly next?: Revision;
}

/** What a set of events adds to an object's history, oldest first, and what ends the version that was open before. */
export interface Timeline {
  readonly endOfOpen?: Revision;
  readonly added: readonly Version[];
}

/** Every event of every object, with the range of revisions in which it was current. Heartbeats are not worth keeping. */
export const history: Projection<Timeline> = {
  name: 'history',
  streams: ['RESOURCES', 'EVENTS'],
  needsEveryEvent: true,
  key: objectKeyText,
  evolve: (timeline, event) => {
    const next = event.revision;
    if (!timeline) return { endOfOpen: next, added: [{ event }] };
    const { added } = timeline;
    return {
      ...timeline,
      added: added.map((version, i) => (i === added.length - 1 ? { ...version, next } : version)).concat({ event }),
    };
  },
  table: historyTable,
};
