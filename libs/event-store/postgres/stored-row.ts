import type { EventContext, EventType, ResourceEvent, StreamName } from '@shiplog/domain';
import type { Sealer } from '../sealing/sealer.js';

/** The columns that an event is read back from. */
export interface StoredRow {
  readonly stream: StreamName;
  readonly revision: string;
  readonly api_group: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
  readonly type: EventType;
  readonly context: EventContext;
  readonly sealed_with: string | null;
  readonly body: Buffer;
}

const columns = [
  'stream',
  'revision',
  'api_group',
  'plural',
  'namespace',
  'name',
  'type',
  'context',
  'sealed_with',
  'body',
];

/** The columns of a `StoredRow` in SQL; those of one table where several have them. */
export const storedColumns = columns.join(', ');
export const storedColumnsOf = (table: string): string => columns.map((column) => `${table}.${column}`).join(', ');

/** The event that a row holds, its body opened where this process may. */
export function eventOfRow(row: StoredRow, sealer: Sealer): ResourceEvent {
  const { stream, api_group: group, plural, namespace, name, type, context, sealed_with, body } = row;
  const key = { stream, group, plural, namespace, name };
  return {
    type,
    key,
    context,
    revision: BigInt(row.revision),
    body: sealed_with === null ? body : sealer.open(key, body),
  };
}
