import { memoized, type ChangeClass, type EventContext, type EventType, type Revision } from '@shiplog/domain';
import { blockOpening, headerLine, startsWith, type HeaderValues } from './header-block.js';

/** What an event's headers say besides who and why. */
export interface EventHead {
  readonly type: EventType;
  readonly context: EventContext;
  /** The key that seals the body; absent when the body is in the clear. */
  readonly sealedWith?: string;
}

const typePrefix = 'dev.shiplog.resource.';
const types: readonly EventType[] = ['created', 'updated', 'deleted'];
const changes: readonly ChangeClass[] = ['spec', 'metadata', 'status'];

/** Fields of the context that are one header each. The rest (user, groups, impersonator, change) is worked out below. */
const plainFields = {
  id: 'ce-id',
  source: 'ce-source',
  time: 'ce-time',
  subject: 'ce-subject',
  correlationId: 'ce-correlationid',
  causationId: 'ce-causationid',
  verb: 'ce-verb',
  subresource: 'ce-subresource',
  fieldManager: 'ce-fieldmanager',
  userAgent: 'ce-useragent',
  sourceIp: 'ce-sourceip',
  traceparent: 'ce-traceparent',
} as const satisfies Partial<Record<keyof EventContext, string>>;
const plainEntries = Object.entries(plainFields) as [keyof typeof plainFields, string][];
const optional = new Set<string>([
  'causationId',
  'subresource',
  'fieldManager',
  'userAgent',
  'sourceIp',
  'traceparent',
]);

/** CloudEvents, "Header Value Encoding": space, quote, percent and whatever is not printable ASCII, byte by byte. */
const unsafe = /[^\x21-\x7e]|["%]/u;
const allUnsafe = new RegExp(unsafe, 'gu');
const utf8 = new TextEncoder();
const percent = (text: string): string =>
  [...utf8.encode(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
/** Users, programs and their claims come again with every event. */
const remembered = 5_000;
const percentEncoded = memoized((text: string) => text.replace(allUnsafe, percent), remembered);
const percentDecoded = memoized((text: string) => decodeURIComponent(text), remembered);
const encoded = (text: string): string => (unsafe.test(text) ? percentEncoded(text) : text);
const decoded = (text: string): string => (text.includes('%') ? percentDecoded(text) : text);

interface Claims {
  readonly groups: readonly string[];
  readonly impersonator?: string;
}
const readClaims = memoized((text: string) => JSON.parse(text) as Claims, remembered);

/** CloudEvents authcontext: what kind of principal acted. */
const authTypeOf = (user: string): string => {
  if (user.startsWith('system:serviceaccount:')) return 'service_account';
  if (user === 'system:anonymous') return 'unauthenticated';
  return user.startsWith('system:') ? 'system' : 'user';
};

/** What the same users of the same programs say again and again. */
const whoLines = new WeakMap<readonly string[], Pick<EventContext, 'user' | 'impersonator'> & { lines: string }>();

/** Who acted. A connection or token is authenticated once, so that the groups of its user are one array for all that it asks. */
function whoActed({ user, groups, impersonator }: EventContext): string {
  const known = whoLines.get(groups);
  if (known?.user === user && known.impersonator === impersonator) return known.lines;
  const claims = JSON.stringify(impersonator === undefined ? { groups } : { groups, impersonator });
  const lines =
    headerLine('ce-authtype', authTypeOf(user)) +
    headerLine('ce-authid', encoded(user)) +
    headerLine('ce-authclaims', encoded(claims));
  whoLines.set(groups, impersonator === undefined ? { user, lines } : { user, impersonator, lines });
  return lines;
}

const sameForAll = headerLine('ce-specversion', '1.0') + headerLine('content-type', 'application/json');
const typeLines = Object.fromEntries(types.map((type) => [type, headerLine('ce-type', typePrefix + type)]));

/** The CloudEvents headers of an event (binary mode of the NATS binding), a line each, encoded. */
export function eventHeaders({ type, context, sealedWith }: EventHead): string {
  let lines = `${sameForAll}${typeLines[type]}${headerLine('ce-change', context.change)}${whoActed(context)}`;
  for (const [field, header] of plainEntries) {
    const value = context[field];
    if (value !== undefined) lines += headerLine(header, encoded(value));
  }
  return sealedWith === undefined ? lines : lines + headerLine('ce-sealedwith', encoded(sealedWith));
}

/** Reads back what `eventHeaders` wrote. @throws naming what is missing or wrong. */
export function readEventHeaders(values: HeaderValues): EventHead {
  const required = (name: string): string => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`not an event of ours: header ${name} is missing`);
    return decoded(value);
  };
  const { groups, impersonator } = readClaims(required('ce-authclaims'));
  const context: Record<string, unknown> = { user: required('ce-authid'), groups };
  if (impersonator !== undefined) context['impersonator'] = impersonator;
  for (const [field, header] of plainEntries)
    if (!optional.has(field) || values.has(header)) context[field] = required(header);
  context['change'] = oneOf(changes, required('ce-change'), 'ce-change');
  const type = oneOf(types, required('ce-type').slice(typePrefix.length), 'ce-type');
  const sealedWith = values.has('ce-sealedwith') ? required('ce-sealedwith') : undefined;
  const head = { type, context: context as unknown as EventContext };
  return sealedWith === undefined ? head : { ...head, sealedWith };
}

function oneOf<T extends string>(known: readonly T[], value: string, header: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Error(`not an event of ours: header ${header} says ${value}`);
  return found;
}

/** By which the server recognises a repeated append. */
const idHeader = 'Nats-Msg-Id';
const idOpening = blockOpening(`${idHeader}: `);

/** The headers by which the server holds an append to its promises: no doubles, and only on top of the revision it names. */
export const publishHeaders = (id: string, expected: Revision): string =>
  headerLine(idHeader, encoded(id)) + headerLine('Nats-Expected-Last-Subject-Sequence', expected.toString());

/** The id of a message whose block begins with what `publishHeaders` wrote; undefined of others. */
export function idOfBlock(block: Buffer): string | undefined {
  if (!startsWith(block, idOpening)) return undefined;
  const from = idOpening.length;
  return decoded(block.toString('latin1', from, block.indexOf(carriageReturn, from)));
}
const carriageReturn = 0x0d;
