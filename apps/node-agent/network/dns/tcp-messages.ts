import type { Readable } from 'node:stream';

/** DNS over TCP: each message has its length before it, in two bytes. */
export function withLength(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(2 + message.length);
  framed.writeUInt16BE(message.length);
  framed.set(message, 2);
  return framed;
}

/** The messages of a stream, in order, until it ends or fails. */
export async function* readMessages(stream: Readable): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE()) {
        const end = 2 + pending.readUInt16BE();
        yield pending.subarray(2, end);
        pending = pending.subarray(end);
      }
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** The first message; undefined if the stream ends before. */
export async function readMessage(stream: Readable): Promise<Buffer | undefined> {
  for await (const message of readMessages(stream)) return message;
  return undefined;
}
