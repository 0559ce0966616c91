import { defineProjection, type AnyProjection } from './projecting/projection.js';
import { history } from './projections/history/history.projection.js';

/** What the projector keeps in PostgreSQL. Each has a checkpoint of its own and can be rebuilt by itself. */
export const projections: readonly AnyProjection[] = [defineProjection(history)];
