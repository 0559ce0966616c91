import type { ServerResponse } from 'node:http';
import { maxUnsentOfOne, type EventSink, type UnsentEvents } from '../memory-bounds/unsent-events.js';
import { jsonHeaders } from '../request/status-answer.js';

/** Beyond this, who writes what is there already (rather than what happens) waits for the client. */
const enoughUnsent = 1024 * 1024;

/** One watch's answer: frames are written at once and go out together at the end of the tick. A reader that is too slow is ended. */
export class WatchStream implements EventSink {
  /** Resolves when the client, the server or the time limit has ended it. */
  readonly over: Promise<void>;
  stalledSince: number | undefined;
  private corked = false;
  private ended = false;

  constructor(
    private readonly response: ServerResponse,
    signal: AbortSignal,
    open: UnsentEvents,
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
    response.writeHead(200, jsonHeaders);
    response.flushHeaders();
  }

  get unsent(): number {
    return this.response.writableLength;
  }

  /** Whether nothing more will be written. */
  get isOver(): boolean {
    return this.ended;
  }

  write(frame: Buffer): void {
    if (this.ended) return;
    if (this.response.writableLength > maxUnsentOfOne) {
      this.end();
      return;
    }
    if (!this.corked) {
      this.corked = true;
      this.response.cork();
      process.nextTick(() => this.uncork());
    }
    this.response.write(frame);
  }

  /** Resolves when the client has taken what there was; undefined: nothing to wait for. */
  room(): Promise<void> | undefined {
    if (this.ended || this.response.writableLength <= enoughUnsent) return undefined;
    this.stalledSince = performance.now();
    return Promise.race([new Promise<void>((resolve) => this.response.once('drain', resolve)), this.over]).then(() => {
      if (!this.ended) this.stalledSince = undefined;
    });
  }

  /** Behind the last whole event. The client has a while to read what is unsent. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.stalledSince ??= performance.now();
    // Before the end: Node.js writes the end of a corked answer before what is corked.
    this.uncork();
    this.response.end();
  }

  destroy(): void {
    this.ended = true;
    this.response.destroy();
  }

  private uncork(): void {
    if (!this.corked) return;
    this.corked = false;
    this.response.uncork();
  }
}
