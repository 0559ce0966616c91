import type { EventContext, EventType, ResourceEvent, Revision, StreamName } from '@shiplog/domain';
import type { Sealer } from '../sealing/sealer.js';
import type { Fields } from './copied-rows.js';

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

/** jsonb begins with the version of its form. */
const jsonAt = 1;

/** The same of `columns`, in their order, as COPY writes them. The context is parsed where it is asked for. */
export function eventOfFields(fields: Fields, sealer: Sealer): ResourceEvent {
  const [stream, revision, group, plural, namespace, name, type, context, sealedWith, body] = fields;
  const text = (field: Buffer | undefined): string => field?.toString() ?? '';
  const key = {
    stream: text(stream) as StreamName,
    group: text(group),
    plural: text(plural),
    namespace: text(namespace),
    name: text(name),
  };
  return {
    type: text(type) as EventType,
    key,
    get context() {
      return JSON.parse(text(context?.subarray(jsonAt))) as EventContext;
    },
    revision: revision?.readBigInt64BE() as Revision,
    body: sealedWith === undefined ? (body as Buffer) : sealer.open(key, body as Buffer),
  };
}
