import type { ServerResponse } from 'node:http';
import { jsonHeaders } from '../request/status-answer.js';

/** What a reader may leave unread before it is cut off; it resumes from its last revision. */
const maxUnreadBytes = 16 * 1024 * 1024;

/** One watch's answer: frames are written at once and go out together at the end of the tick. */
export class WatchStream {
  /** Resolves when the client, the server or the time limit has ended it. */
  readonly over: Promise<void>;
  private corked = false;
  private ended = false;

  constructor(
    private readonly response: ServerResponse,
    signal: AbortSignal,
  ) {
    this.over = new Promise((resolve) => {
      response.once('close', () => {
        this.ended = true;
        resolve();
      });
      signal.addEventListener('abort', () => this.end(), { once: true });
    });
    response.writeHead(200, jsonHeaders);
    response.flushHeaders();
  }

  write(frame: Buffer): void {
    if (this.ended) return;
    if (this.response.writableLength > maxUnreadBytes) {
      this.ended = true;
      this.response.destroy();
      return;
    }
    if (!this.corked) {
      this.corked = true;
      this.response.cork();
      process.nextTick(() => {
        this.corked = false;
        this.response.uncork();
      });
    }
    this.response.write(frame);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.response.end();
  }
}
