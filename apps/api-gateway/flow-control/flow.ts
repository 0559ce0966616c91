import type { PriorityLevel } from './priority-level.js';
import type { Queue } from './queue.js';
import type { FlowSchemaRules } from './flow-schema.js';
import type { FlowTally } from './flow-tally.js';

/** Requests that share a fate: one flow schema, one user or namespace (or whatever tells its flows apart), one hand of queues. */
export interface Flow {
  readonly schema: FlowSchemaRules;
  readonly level: PriorityLevel;
  readonly distinguisher: string;
  readonly hand: readonly Queue[];
  readonly tally: FlowTally;
}
