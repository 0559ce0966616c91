import { once } from 'node:events';
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import type { Server } from 'node:https';

/**
 * Node.js takes one connection from each listening socket in a turn of the event loop: with one socket, a busy server would let in ten clients
 * a second. So several listen on the same port, and the kernel spreads clients over them.
 */
const count = 16;

/** Opens and closes the port of a server. */
export class Doors {
  private readonly others: NetServer[] = [];

  constructor(private readonly server: Server) {
    // Whichever door a client came through, nothing waits for its acknowledgement of what was sent before (up to 40 ms).
    server.on('connection', (socket: Socket) => socket.setNoDelay(true));
  }

  /** Answers the port. @throws EADDRINUSE if another process has it, although it could be shared. */
  async open(port: number, address: string): Promise<number> {
    if (port !== 0) await listen(createServer(), { port, host: address }).then(close);
    await listen(this.server, { port, host: address, reusePort: true });
    const bound = (this.server.address() as AddressInfo).port;
    for (let i = 1; i < count; i++) {
      const door = createServer((socket: Socket) => this.server.emit('connection', socket));
      await listen(door, { port: bound, host: address, reusePort: true });
      this.others.push(door);
    }
    return bound;
  }

  /** Takes no new connection; resolves when the last one is over. */
  async close(): Promise<void> {
    await Promise.all([this.server, ...this.others].map(close));
  }
}

async function listen<T extends NetServer>(server: T, options: object): Promise<T> {
  server.listen(options);
  await once(server, 'listening');
  return server;
}

const close = (server: NetServer): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
