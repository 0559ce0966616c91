import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { maxUnsentOfOne, type EventSink, type UnsentEvents } from '../memory-bounds/unsent-events.js';
import { FanOut } from './fan-out.js';

/** Beyond this, who writes what is there already (rather than what happens) waits for the client. */
const enoughUnsent = 1024 * 1024;

const lineEnd = Buffer.from('\r\n');
/** Frames as chunks of an HTTP/1.1 answer (RFC 9112, section 7.1): laid out once, whoever many watches send them. */
const chunks = new WeakMap<Buffer, Buffer>();

function chunkOf(frame: Buffer): Buffer {
  let chunk = chunks.get(frame);
  if (!chunk) {
    chunk = Buffer.concat([Buffer.from(`${frame.length.toString(16)}\r\n`), frame, lineEnd]);
    chunks.set(frame, chunk);
  }
  return chunk;
}

/** One for the process, as there is one event loop. */
const fanOut = new FanOut();

/**
 * One watch's answer: frames that are written until its turn comes go out together. A reader that is too slow is ended. Where
 * the answer is chunked, its chunks go straight to the connection: Node.js would make four writes of each.
 */
export class WatchStream implements EventSink {
  /** Resolves when the client, the server or the time limit has ended it. */
  readonly over: Promise<void>;
  stalledSince: number | undefined;
  private readonly waiting: Buffer[] = [];
  private waitingBytes = 0;
  private ended = false;

  constructor(
    private readonly response: ServerResponse,
    signal: AbortSignal,
    open: UnsentEvents,
    contentType = 'application/json',
  ) {
    open.add(this);
    this.over = new Promise((resolve) => {
      response.once('close', () => {
        this.ended = true;
        open.remove(this);
        resolve();
      });
      signal.addEventListener('abort', () => this.end(), { once: true });
    });
    response.writeHead(200, { 'content-type': contentType });
    response.flushHeaders();
  }

  get unsent(): number {
    return this.waitingBytes + this.response.writableLength;
  }

  /** Whether nothing more will be written. */
  get isOver(): boolean {
    return this.ended;
  }

  write(frame: Buffer): void {
    if (this.ended) return;
    if (this.unsent > maxUnsentOfOne) {
      this.end();
      return;
    }
    if (this.waiting.length === 0) fanOut.add(() => this.send());
    this.waiting.push(frame);
    this.waitingBytes += frame.length;
  }

  /** Resolves when the client has taken what there was; undefined: nothing to wait for. */
  room(): Promise<void> | undefined {
    if (this.ended || this.unsent <= enoughUnsent) return undefined;
    this.send();
    const { socket } = this.response;
    if (!socket?.writableNeedDrain) return undefined;
    this.stalledSince = performance.now();
    return Promise.race([new Promise<void>((resolve) => socket.once('drain', resolve)), this.over]).then(() => {
      if (!this.ended) this.stalledSince = undefined;
    });
  }

  /** Behind the last whole event. The client has a while to read what is unsent. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.stalledSince ??= performance.now();
    this.send();
    this.response.end();
  }

  destroy(): void {
    this.ended = true;
    this.response.destroy();
  }

  private send(): void {
    const frames = this.waiting.splice(0);
    this.waitingBytes = 0;
    if (frames.length === 0 || this.response.destroyed) return;
    const { socket } = this.response;
    if (socket && this.response.chunkedEncoding) sendTogether(socket, frames.map(chunkOf));
    else for (const frame of frames) this.response.write(frame);
  }
}

function sendTogether(socket: Socket, chunks: readonly Buffer[]): void {
  if (chunks.length > 1) socket.cork();
  for (const chunk of chunks) socket.write(chunk);
  if (chunks.length > 1) socket.uncork();
}
