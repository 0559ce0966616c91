import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Logger } from '@shiplog/component-base';
import { answerQuery, type NameServer } from './answer-query.js';
import { readMessages, withLength } from './tcp-messages.js';

const idleMs = 10_000;
const mostConnections = 200;

/** Answers on one address over UDP and TCP until aborted. Resolves when it listens; a port of 0 picks one for UDP, and TCP takes the same. */
export async function serveDns(
  server: NameServer,
  address: string,
  port: number,
  logger: Logger,
  signal: AbortSignal,
): Promise<{ readonly port: number }> {
  const udp = createSocket({ type: 'udp4', reuseAddr: true });
  udp.on('message', (message, client) => {
    void answerQuery(message, 'udp', server).then(
      (answer) => answer && udp.send(answer, client.port, client.address),
      (error: unknown) => logger.error({ err: error }, 'dns query failed'),
    );
  });
  udp.bind(port, address);
  await once(udp, 'listening');
  udp.on('error', (error) => logger.error({ err: error, address }, 'dns over udp failed'));

  const tcp = createServer((socket) => {
    void serveConnection(server, socket).catch((error: unknown) => logger.error({ err: error }, 'dns query failed'));
  });
  tcp.maxConnections = mostConnections;
  tcp.listen(udp.address().port, address);
  await once(tcp, 'listening');

  const stop = (): void => {
    udp.close();
    tcp.close();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return { port: udp.address().port };
}

async function serveConnection(server: NameServer, socket: Socket): Promise<void> {
  socket.setTimeout(idleMs, () => socket.destroy());
  // A client that breaks off is its own affair; reading ends with it.
  socket.on('error', () => socket.destroy());
  for await (const message of readMessages(socket)) {
    const answer = await answerQuery(message, 'tcp', server);
    if (answer && !socket.destroyed) socket.write(withLength(answer));
  }
  socket.end();
}
