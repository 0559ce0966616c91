import { PassThrough, Writable, type Readable } from 'node:stream';
import type { WebSocket } from 'ws';

/** Numbers of the streams of a session, the first byte of each message. */
export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;
/** Message of protocol v5: the stream whose number follows has ended. */
const closeChannel = 255;
const largestMessage = 32 * 1024;

/** Streams over one WebSocket, told apart by the first byte of each message (v4 and v5.channel.k8s.io). */
export class WebSocketChannels {
  private readonly inputs = new Map<number, PassThrough>();

  constructor(private readonly webSocket: WebSocket) {
    webSocket.on('message', (data: Buffer) => this.receive(data));
    webSocket.once('close', () => {
      for (const input of this.inputs.values()) input.end();
    });
  }

  /** What the client sends on a channel. A client that is faster than its reader is held up. */
  input(channel: number): Readable {
    const stream = new PassThrough({ highWaterMark: 1 << 20 });
    this.inputs.set(channel, stream);
    return stream;
  }

  /** What the client is to receive on a channel. */
  output(channel: number): Writable {
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        for (let at = 0; at < chunk.length; at += largestMessage) {
          const part = chunk.subarray(at, at + largestMessage);
          const isLast = at + largestMessage >= chunk.length;
          this.webSocket.send(Buffer.concat([Buffer.from([channel]), part]), (error) => isLast && done(error ?? null));
        }
        if (chunk.length === 0) done();
      },
    });
  }

  /** Ends the session in good order: the client has received everything. */
  close(): void {
    this.webSocket.close(1000);
  }

  private receive(data: Buffer): void {
    const [channel, ...rest] = [data[0] ?? 0, data[1] ?? 0];
    if (channel === closeChannel) return void this.inputs.get(rest[0] ?? 0)?.end();
    const input = this.inputs.get(channel);
    if (!input || input.writableEnded || data.length < 2) return;
    if (input.write(data.subarray(1))) return;
    this.webSocket.pause();
    input.once('drain', () => this.webSocket.resume());
  }
}
