import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { upgradeToSpdy } from '../spdy/spdy-upgrade.js';

/** Protocols that a client offers in X-Stream-Protocol-Version, best first. */
export const offeredProtocols = ({ headers }: IncomingMessage): string[] =>
  [headers['x-stream-protocol-version'] ?? []].flat().flatMap((value) => value.split(',').map((name) => name.trim()));

/** Joins a client that speaks SPDY with the runtime's streaming server, which does too: bytes pass through as they are. */
export async function proxySpdy(request: IncomingMessage, socket: Duplex, head: Buffer, target: URL): Promise<void> {
  const { socket: upstream, protocol } = await upgradeToSpdy(target, offeredProtocols(request));
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: SPDY/3.1'];
  if (protocol) lines.push(`X-Stream-Protocol-Version: ${protocol}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) upstream.write(head);
  join(socket, upstream);
}

/** Passes bytes both ways until either side ends; then both do. */
export function join(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.pipe(to);
    from.once('error', () => to.destroy());
    from.once('close', () => to.destroy());
  }
}
