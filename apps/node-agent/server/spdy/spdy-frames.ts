/** SPDY/3.1 on the wire: control frames begin with a 1 bit and the version, data frames with a 0 bit and their stream. */
export type SpdyFrame =
  | { readonly type: 'data'; readonly stream: number; readonly fin: boolean; readonly data: Buffer }
  | {
      readonly type: 'synStream' | 'synReply' | 'headers';
      readonly stream: number;
      readonly fin: boolean;
      readonly block: Buffer;
    }
  | { readonly type: 'rstStream'; readonly stream: number; readonly code: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goAway'; readonly lastStream: number }
  | { readonly type: 'other' };

const version = 0x8003;
const finFlag = 0x01;
const headerSize = 8;

const codes = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7, headers: 8 } as const;

/** Cuts a byte stream into frames. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  *read(chunk: Buffer): Generator<SpdyFrame> {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= headerSize) {
      const end = headerSize + this.rest.readUIntBE(5, 3);
      if (this.rest.length < end) return;
      const frame = this.rest.subarray(0, end);
      this.rest = this.rest.subarray(end);
      yield parseFrame(frame);
    }
  }
}

/** @throws Error for a frame that is too short for what it says it is. */
function parseFrame(frame: Buffer): SpdyFrame {
  const fin = ((frame[4] ?? 0) & finFlag) !== 0;
  const first = frame.readUInt32BE(0);
  const body = frame.subarray(headerSize);
  if (first < 0x80000000) return { type: 'data', stream: first, fin, data: body };
  const streamId = (): number => body.readUInt32BE(0) & 0x7fffffff;
  switch (first & 0xffff) {
    case codes.synStream:
      return { type: 'synStream', stream: streamId(), fin, block: body.subarray(10) };
    case codes.synReply:
      return { type: 'synReply', stream: streamId(), fin, block: body.subarray(4) };
    case codes.headers:
      return { type: 'headers', stream: streamId(), fin, block: body.subarray(4) };
    case codes.rstStream:
      return { type: 'rstStream', stream: streamId(), code: body.readUInt32BE(4) };
    case codes.ping:
      return { type: 'ping', id: body.readUInt32BE(0) };
    case codes.goAway:
      return { type: 'goAway', lastStream: streamId() };
    default:
      return { type: 'other' };
  }
}

export function dataFrame(stream: number, data: Buffer, fin: boolean): Buffer {
  const head = Buffer.alloc(headerSize);
  head.writeUInt32BE(stream, 0);
  head[4] = fin ? finFlag : 0;
  head.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([head, data]);
}

export const synStreamFrame = (stream: number, block: Buffer, fin: boolean): Buffer =>
  controlFrame(codes.synStream, fin, Buffer.concat([uint32(stream), Buffer.alloc(6), block]));

export const synReplyFrame = (stream: number, block: Buffer): Buffer =>
  controlFrame(codes.synReply, false, Buffer.concat([uint32(stream), block]));

export const rstStreamFrame = (stream: number, code: number): Buffer =>
  controlFrame(codes.rstStream, false, Buffer.concat([uint32(stream), uint32(code)]));

export const pingFrame = (id: number): Buffer => controlFrame(codes.ping, false, uint32(id));

export const goAwayFrame = (lastStream: number): Buffer =>
  controlFrame(codes.goAway, false, Buffer.concat([uint32(lastStream), uint32(0)]));

function controlFrame(code: number, fin: boolean, body: Buffer): Buffer {
  const head = Buffer.alloc(headerSize);
  head.writeUInt16BE(version, 0);
  head.writeUInt16BE(code, 2);
  head[4] = fin ? finFlag : 0;
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
