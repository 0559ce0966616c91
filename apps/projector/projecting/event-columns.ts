import type { StoredEvent } from '@shiplog/event-store';
import type { EntityManager } from 'typeorm';

interface EventColumn {
  readonly type: string;
  of(event: StoredEvent): unknown;
}

/** Columns of a set of events, each one parameter: an array, which is how PostgreSQL takes a set at once (unnest). */
const columns = {
  stream: { type: 'text', of: ({ key }) => key.stream },
  revision: { type: 'bigint', of: ({ revision }) => revision.toString() },
  api_group: { type: 'text', of: ({ key }) => key.group },
  plural: { type: 'text', of: ({ key }) => key.plural },
  namespace: { type: 'text', of: ({ key }) => key.namespace },
  name: { type: 'text', of: ({ key }) => key.name },
  type: { type: 'text', of: ({ type }) => type },
  time: { type: 'timestamptz', of: ({ context }) => context.time },
  correlation_id: { type: 'text', of: ({ context }) => context.correlationId },
  causation_id: { type: 'text', of: ({ context }) => context.causationId ?? null },
  context: { type: 'jsonb', of: ({ context }) => storable(JSON.stringify(context)) },
  sealed_with: { type: 'text', of: ({ sealedWith }) => sealedWith ?? null },
  body: { type: 'bytea', of: ({ body }) => Buffer.from(body.buffer, body.byteOffset, body.byteLength) },
} as const satisfies Record<string, EventColumn>;

/** jsonb holds no NUL and no half of a surrogate pair; in who and why of an event they can only be an accident. */
const unstorable = /\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;
const storable = (json: string): string => json.replace(unstorable, '\\ufffd');

export type EventColumnName = keyof typeof columns;

/** Inserts a row of these columns for each event, in one statement; `more` are columns that no event has, their values beside it. */
export async function insertEvents(
  manager: EntityManager,
  table: string,
  names: readonly EventColumnName[],
  events: readonly StoredEvent[],
  options: {
    readonly more?: Readonly<Record<string, { type: string; values: readonly unknown[] }>>;
    readonly onConflict?: string;
  } = {},
): Promise<void> {
  if (events.length === 0) return;
  const own = names.map((name): [string, string, unknown[]] => [
    name,
    columns[name].type,
    events.map((event) => (columns[name] as EventColumn).of(event)),
  ]);
  const more = Object.entries(options.more ?? {}).map(([name, { type, values }]): [string, string, unknown[]] => [
    name,
    type,
    [...values],
  ]);
  const all = [...own, ...more];
  await manager.query(
    `INSERT INTO ${table} (${all.map(([name]) => name).join(', ')})
     SELECT * FROM unnest(${all.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})
     ${options.onConflict ?? ''}`,
    all.map(([, , values]) => values),
  );
}

/** The objects that some events are about, as four array parameters. */
export const keyParameters = (events: readonly StoredEvent[]): unknown[] => [
  events.map(({ key }) => key.group),
  events.map(({ key }) => key.plural),
  events.map(({ key }) => key.namespace),
  events.map(({ key }) => key.name),
];
