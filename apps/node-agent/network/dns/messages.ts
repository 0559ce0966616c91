import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  type Answer,
  type Packet,
  type Question,
} from '@leichtgewicht/dns-packet';
import { timeToLive } from './cluster-records.js';

/** Response codes of RFC 1035. */
export const responseCode = {
  ok: 0,
  formatError: 1,
  serverFailure: 2,
  noSuchName: 3,
  notImplemented: 4,
  refused: 5,
} as const;
export type ResponseCode = (typeof responseCode)[keyof typeof responseCode];

/** The largest UDP answer that crosses every network whole (DNS flag day 2020), and the one without EDNS. */
const largestUdp = 1232;
const plainUdp = 512;

export interface Query {
  readonly id: number;
  readonly question: Question;
  readonly recursionDesired: boolean;
  /** The client speaks EDNS and takes UDP answers of this size. */
  readonly udpSize?: number;
}

/** Reads a query. Returns a response code for what is not one that we answer, undefined for what deserves no answer. */
export function readQuery(
  message: Uint8Array,
): Query | { readonly id: number; readonly code: ResponseCode } | undefined {
  const [high = 0, low = 0, flags = 0] = message;
  const id = (high << 8) | low;
  if (message.length < 12 || flags & 0x80) return undefined;
  if ((flags >> 3) & 0x0f) return { id, code: responseCode.notImplemented };
  const packet = decoded(message);
  const [question, ...others] = packet?.questions ?? [];
  if (!packet || !question || others.length > 0) return { id, code: responseCode.formatError };
  const recursionDesired = ((packet.flags ?? 0) & RECURSION_DESIRED) !== 0;
  return { id, question, recursionDesired, ...udpSizeOf(packet) };
}

/** What a client that speaks EDNS takes. */
function udpSizeOf({ additionals = [] }: Packet): { udpSize?: number } {
  const found = additionals.find(({ type }) => type === 'OPT') as { udpPayloadSize?: number } | undefined;
  return found ? { udpSize: found.udpPayloadSize ?? plainUdp } : {};
}

function decoded(message: Uint8Array): Packet | undefined {
  try {
    return decode(message);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

export interface Reply {
  readonly code: ResponseCode;
  readonly answers?: readonly Answer[];
  readonly additionals?: readonly Answer[];
  /** The zone, if the answer is from our own knowledge; then an empty one says for how long it holds. */
  readonly zone?: string;
}

/** The reply as bytes. Over UDP it is cut to what the client takes, and says so. Pure. */
export function writeReply(query: Query, reply: Reply, transport: 'udp' | 'tcp'): Uint8Array {
  const { code, answers = [], additionals = [], zone } = reply;
  const extension = query.udpSize === undefined ? [] : [extensionRecord];
  const packet: Packet = {
    type: 'response',
    id: query.id,
    flags:
      (zone === undefined ? 0 : AUTHORITATIVE_ANSWER) |
      (query.recursionDesired ? RECURSION_DESIRED : 0) |
      RECURSION_AVAILABLE |
      code,
    questions: [query.question],
    answers: [...answers],
    authorities: zone !== undefined && answers.length === 0 ? [startOfAuthority(zone)] : [],
    additionals: [...additionals, ...extension],
  };
  const whole = encode(packet);
  const limit = Math.max(plainUdp, Math.min(query.udpSize ?? plainUdp, largestUdp));
  if (transport === 'tcp' || whole.length <= limit) return whole;
  // Additional records are a courtesy; without them it may fit.
  const needed = encode({ ...packet, additionals: extension });
  return needed.length <= limit ? needed : truncated(packet, extension, limit);
}

/** As many answers as fit, marked as truncated, so that the client asks again over TCP. */
function truncated(packet: Packet, extension: readonly Answer[], limit: number): Uint8Array {
  const answers = [...(packet.answers ?? [])];
  for (;;) {
    const cut = encode({
      ...packet,
      flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE,
      answers,
      additionals: [...extension],
    });
    if (cut.length <= limit || answers.length === 0) return cut;
    answers.length = Math.floor(answers.length / 2);
  }
}

/** A reply to what could not be read: the header alone. */
export const writeRefusal = (id: number, code: ResponseCode): Uint8Array =>
  encode({ type: 'response', id, flags: code });

const extension = { type: 'OPT' as const, name: '.', udpPayloadSize: largestUdp, data: [] };
const extensionRecord: Answer = extension;

/** Its last field is for how long clients may remember that a name does not exist. */
const startOfAuthority = (zone: string): Answer => ({
  type: 'SOA',
  name: zone,
  ttl: timeToLive,
  data: {
    ...{ mname: `ns.dns.${zone}`, rname: `hostmaster.${zone}` },
    ...{ serial: 1, refresh: 7200, retry: 1800, expire: 86_400, minimum: timeToLive },
  },
});
