import type { Server } from 'node:https';
import type { Socket } from 'node:net';

/** A handshake costs about as much as twenty requests; a flood of them must not keep those waiting who are connected. */
const perTurn = 8;
/** Of those that wait for their turn, the newest are dropped beyond this; their clients try again. */
const maxWaiting = 1_024;
/** Until when a client must have begun, and then finished, its handshake. */
export const handshakeTimeoutMs = 10_000;

type Accept = (socket: Socket) => void;

/**
 * Lets a server begin only a few TLS handshakes in each turn of the event loop, in the order in which clients have sent their first bytes.
 * Whoever connects and says nothing costs a socket for a while, and no turn.
 */
export function boundHandshakes(server: Server, drop: (reason: string) => void): void {
  const listeners = server.listeners('connection') as Accept[];
  server.removeAllListeners('connection');
  const gate = new HandshakeGate((socket) => listeners.forEach((listener) => listener.call(server, socket)), drop);
  server.on('connection', (socket) => gate.enter(socket as Socket));
}

class HandshakeGate {
  private waiting: Socket[] = [];
  private scheduled = false;

  constructor(
    private readonly accept: Accept,
    private readonly drop: (reason: string) => void,
  ) {}

  enter(socket: Socket): void {
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
    this.waiting.push(socket);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      for (const socket of this.waiting.splice(0, perTurn)) if (!socket.destroyed) this.accept(socket);
      this.schedule();
    });
  }
}
