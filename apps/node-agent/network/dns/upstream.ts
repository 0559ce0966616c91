import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { readMessage, withLength } from './tcp-messages.js';

const timeoutMs = 2_000;
const rounds = 2;

/** Name servers of a resolv.conf, in its order. Pure. */
export const nameserversIn = (text: string): string[] =>
  text.split('\n').flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []);

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

export interface Upstream {
  /** Servers that answer what is not the cluster's. */
  readonly servers: readonly string[];
  /** Loopback addresses at which this machine's programs ask; in a node's own network nobody else answers there. */
  readonly stubs: readonly string[];
}

/** The machine's resolvers. A resolver on loopback (systemd-resolved) is out of reach for a node; then those that it asks itself. */
export async function machineResolvers(): Promise<Upstream> {
  const read = async (file: string): Promise<string[]> =>
    nameserversIn(await readFile(file, 'utf8').catch(() => '')).filter(
      (address) => !address.includes(':') || address === '::1',
    );
  const configured = await read('/etc/resolv.conf');
  const direct = configured.filter((address) => !isLoopback(address));
  const servers =
    direct.length > 0 ? direct : (await read('/run/systemd/resolve/resolv.conf')).filter((a) => !isLoopback(a));
  return { servers, stubs: configured.filter((address) => address.startsWith('127.')) };
}

/** Asks the servers in turn, twice over. Resolves with the answer as it came; undefined when none answers. */
export async function askUpstream(
  query: Uint8Array,
  servers: readonly string[],
  transport: 'udp' | 'tcp',
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  for (let round = 0; round < rounds; round++)
    for (const server of servers) {
      if (signal.aborted) return undefined;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const answer = await (transport === 'udp' ? askUdp : askTcp)(query, server, limit);
      if (answer) return answer;
    }
  return undefined;
}

const askUdp = (query: Uint8Array, server: string, signal: AbortSignal): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (answer?: Buffer): void => {
      signal.removeEventListener('abort', giveUp);
      socket.close();
      resolve(answer);
    };
    const giveUp = (): void => finish();
    signal.addEventListener('abort', giveUp, { once: true });
    socket.on('error', giveUp);
    // Connected: the kernel hands over only what comes from the server itself.
    socket.connect(53, server, () => {
      socket.on('message', (message) => {
        if (message.length >= 12 && message[0] === query[0] && message[1] === query[1]) finish(message);
      });
      socket.send(query);
    });
  });

const askTcp = (query: Uint8Array, server: string, signal: AbortSignal): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: server, port: 53, signal });
    socket.once('error', () => resolve(undefined));
    socket.once('connect', () => socket.write(withLength(query)));
    void readMessage(socket).then((answer) => {
      socket.destroy();
      resolve(answer);
    });
  });
