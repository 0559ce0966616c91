import type { EventContext, EventType, ResourceEvent, StreamName } from '@shiplog/domain';
import type { Sealer } from '../sealing/sealer.js';
import type { CopiedRow } from './copied-rows.js';

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

const columns: readonly (keyof StoredRow)[] = [
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

/** jsonb begins with the version of its form. */
const jsonAt = 1;
const at = Object.fromEntries(columns.map((column, i) => [column, i])) as Record<keyof StoredRow, number>;

/** The same of `columns`, in their order, as COPY writes them. The context is parsed where it is asked for. */
export function eventOfCopiedRow(row: CopiedRow, sealer: Sealer): ResourceEvent {
  const key = {
    stream: row.text(at.stream) as StreamName,
    group: row.text(at.api_group),
    plural: row.text(at.plural),
    namespace: row.text(at.namespace),
    name: row.text(at.name),
  };
  const [body, context] = [row.buffer(at.body), row.buffer(at.context)];
  return {
    type: row.text(at.type) as EventType,
    key,
    get context() {
      return JSON.parse(context.toString('utf8', jsonAt)) as EventContext;
    },
    revision: row.bigint(at.revision),
    body: row.isNull(at.sealed_with) ? body : sealer.open(key, body),
  };
}
