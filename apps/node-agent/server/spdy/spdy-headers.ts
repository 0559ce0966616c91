import { constants, createInflate, type Inflate } from 'node:zlib';
import { spdyDictionary } from './spdy-dictionary.js';

export type SpdyHeaders = Readonly<Record<string, string>>;

/** Reads the header blocks of one direction of a session. They are one compressed stream, so each is read once and in order. */
export class HeaderReader {
  private readonly inflate: Inflate = createInflate({
    dictionary: spdyDictionary,
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  private parts: Buffer[] = [];

  constructor() {
    this.inflate.on('data', (part: Buffer) => this.parts.push(part));
  }

  async read(block: Buffer): Promise<SpdyHeaders> {
    this.parts = [];
    await new Promise<void>((resolve, reject) => {
      this.inflate.once('error', reject);
      this.inflate.write(block, (error) => {
        this.inflate.off('error', reject);
        if (error) reject(error);
        // What was decompressed last is handed out before the next turn.
        else setImmediate(resolve);
      });
    });
    return parseHeaders(Buffer.concat(this.parts));
  }

  close(): void {
    this.inflate.close();
  }
}

/**
 * Writes the header blocks of one direction. They are stored, not compressed: valid zlib that every reader takes, and with a
 * handful of short headers a session nothing would be gained.
 */
export class HeaderWriter {
  private isFirst = true;

  write(headers: SpdyHeaders): Buffer {
    const plain = formatHeaders(headers);
    const start = this.isFirst ? zlibStart : Buffer.alloc(0);
    this.isFirst = false;
    const block = Buffer.alloc(5);
    block.writeUInt16LE(plain.length, 1);
    block.writeUInt16LE(~plain.length & 0xffff, 3);
    return Buffer.concat([start, block, plain, flush]);
  }
}

/** A zlib stream without preset dictionary. */
const zlibStart = Buffer.from([0x78, 0x01]);
/** An empty stored block: tells the reader that all before it is complete. */
const flush = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]);

function formatHeaders(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers);
  const parts = [uint32(entries.length)];
  for (const [name, value] of entries)
    for (const text of [name.toLowerCase(), value]) {
      const bytes = Buffer.from(text);
      parts.push(uint32(bytes.length), bytes);
    }
  return Buffer.concat(parts);
}

function parseHeaders(block: Buffer): SpdyHeaders {
  let at = 4;
  const next = (): string => {
    const length = block.readUInt32BE(at);
    at += 4 + length;
    return block.toString('utf8', at - length, at);
  };
  const headers: Record<string, string> = {};
  for (let left = block.readUInt32BE(0); left > 0; left--) {
    const name = next();
    headers[name] = next();
  }
  return headers;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
