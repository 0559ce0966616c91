import type { ResourceEvent } from '@shiplog/domain';
import { gone, objectKeyText, type Projection } from '../../projecting/projection.js';
import { currentTable } from './current.table.js';

/** The last event of every object that exists: what a process starts from instead of the log's beginning. */
export const currentState: Projection<ResourceEvent> = {
  name: 'current',
  streams: ['RESOURCES', 'LEASES', 'EVENTS'],
  needsEveryEvent: false,
  key: objectKeyText,
  evolve: (_row, event) => (event.type === 'deleted' ? gone : event),
  table: currentTable,
};
