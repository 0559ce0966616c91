import type { Server } from 'node:https';
import type { Socket } from 'node:net';

/** A connection costs about 60 KB and a file descriptor. */
const maxConnections = 16_384;
/** A handshake costs about a millisecond; a flood of them must not keep those waiting who are connected. */
const handshakeMs = 1;
/** So many in each turn of the event loop, or an eighth of what the turn takes anyway: the slower it turns, the more must be begun in each. */
const fewest = 8;
const shareOfTurn = 1 / 8;
/** Of those that wait for their turn, the newest are dropped beyond this; their clients try again. */
const maxWaiting = 1_024;
/** Until when a client must have begun, and then finished, its handshake. */
export const handshakeTimeoutMs = 10_000;

type Accept = (socket: Socket) => void;

/**
 * Bounds how many connections a server has, and lets it begin only a few TLS handshakes in each turn of the event loop, in the order in
 * which clients have sent their first bytes. Whoever connects and says nothing costs a socket for a while, and no turn.
 */
export function boundConnections(server: Server, drop: (reason: string) => void): void {
  const listeners = server.listeners('connection') as Accept[];
  server.removeAllListeners('connection');
  const gate = new ConnectionGate((socket) => listeners.forEach((listener) => listener.call(server, socket)), drop);
  server.on('connection', (socket) => gate.enter(socket as Socket));
}

class ConnectionGate {
  private waiting: Socket[] = [];
  private open = 0;
  private scheduled = false;
  private lastTurn = 0;

  constructor(
    private readonly accept: Accept,
    private readonly drop: (reason: string) => void,
  ) {}

  enter(socket: Socket): void {
    if (this.open >= maxConnections) {
      this.drop('more connections than there is room for');
      socket.destroy();
      return;
    }
    this.open++;
    socket.once('close', () => this.open--);
    const silent = (): void => void socket.destroy();
    socket.setTimeout(handshakeTimeoutMs, silent);
    socket.on('error', silent);
    socket.once('readable', () => {
      socket.setTimeout(0);
      socket.off('timeout', silent);
      socket.off('error', silent);
      this.queue(socket);
    });
  }

  private queue(socket: Socket): void {
    if (socket.destroyed) return;
    if (this.waiting.length >= maxWaiting) {
      this.drop('too many TLS handshakes at a time');
      socket.destroy();
      return;
    }
    // The gap before the first one is no turn.
    if (this.waiting.push(socket) === 1) this.lastTurn = performance.now();
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      const now = performance.now();
      const count = Math.max(fewest, Math.floor(((now - this.lastTurn) * shareOfTurn) / handshakeMs));
      for (const socket of this.waiting.splice(0, count)) if (!socket.destroyed) this.accept(socket);
      this.lastTurn = now;
      this.schedule();
    });
  }
}
