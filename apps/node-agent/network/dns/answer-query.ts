import { decode, encode, type Answer, type RecordType } from '@leichtgewicht/dns-packet';
import { resolveName, type ServiceDirectory } from './cluster-records.js';
import { readQuery, responseCode, writeRefusal, writeReply, type Query, type Reply } from './messages.js';

export type Transport = 'udp' | 'tcp';

export interface NameServer {
  readonly zone: string;
  readonly directory: ServiceDirectory;
  /** Asks the world outside the cluster; undefined when nobody answers. */
  readonly forward: (query: Uint8Array, transport: Transport) => Promise<Uint8Array | undefined>;
}

/** How many names an answer may lead through before it is taken for a circle. */
const longestChain = 8;

/** The answer to one message; undefined for what deserves none. */
export async function answerQuery(
  message: Uint8Array,
  transport: Transport,
  server: NameServer,
): Promise<Uint8Array | undefined> {
  const query = readQuery(message);
  if (query === undefined) return undefined;
  if ('code' in query) return writeRefusal(query.id, query.code);
  if (query.question.class !== undefined && query.question.class !== 'IN')
    return writeReply(query, { code: responseCode.refused }, transport);
  const { name, type } = query.question;
  if (resolveName(name, type, server.zone, server.directory).is === 'elsewhere')
    return (
      (await server.forward(message, transport)) ?? writeReply(query, { code: responseCode.serverFailure }, transport)
    );
  return writeReply(query, await replyTo(query, server), transport);
}

async function replyTo({ question: { name, type } }: Query, server: NameServer): Promise<Reply> {
  const { zone, directory } = server;
  const aliases: Answer[] = [];
  let wanted = name;
  while (aliases.length < longestChain) {
    const resolution = resolveName(wanted, type, zone, directory);
    switch (resolution.is) {
      case 'records':
        return {
          code: responseCode.ok,
          zone,
          answers: [...aliases, ...shuffled(resolution.answers)],
          additionals: resolution.additionals,
        };
      case 'unknown':
        return { code: aliases.length > 0 ? responseCode.ok : responseCode.noSuchName, zone, answers: aliases };
      case 'elsewhere':
        return { code: responseCode.ok, zone, answers: [...aliases, ...(await outside(wanted, type, server))] };
      case 'alias':
        aliases.push(resolution.answer);
        if (type === 'CNAME') return { code: responseCode.ok, zone, answers: aliases };
        wanted = resolution.target;
    }
  }
  return { code: responseCode.serverFailure };
}

/** What the outside world says of an ExternalName's target; nothing if nobody answers: the client then has the alias at least. */
async function outside(name: string, type: RecordType, { forward }: NameServer): Promise<Answer[]> {
  const query = encode({
    type: 'query',
    id: Math.floor(Math.random() * 65_536),
    flags: 256,
    questions: [{ name, type }],
  });
  const answer = await forward(query, 'tcp');
  return answer ? (decode(answer).answers ?? []) : [];
}

/** Clients take the first address: in turn each should be first. */
function shuffled(answers: readonly Answer[]): Answer[] {
  const start = Math.floor(Math.random() * answers.length);
  return [...answers.slice(start), ...answers.slice(0, start)];
}
