import type { Msg, MsgHdrs } from '@nats-io/nats-core';
import { MsgImpl } from '@nats-io/nats-core/internal';

/*
 * A message's headers as they travel: a version line, a line each, an empty line. They are laid out and read by hand: the client's own
 * class for them costs more than the rest of a publish, and on the way back more than the rest of an event.
 */
const version = 'NATS/1.0\r\n';
const lineEnd = '\r\n';

/** Names and values; of a name that comes twice the first. */
export type HeaderValues = ReadonlyMap<string, string>;

/** One header. Neither part may have a line break in it, and both are ASCII. */
export const headerLine = (name: string, value: string): string => `${name}: ${value}${lineEnd}`;

/** What a block begins with, in bytes: these lines, and no end yet. */
export const blockOpening = (lines: string): Buffer => Buffer.from(version + lines, 'latin1');

export const startsWith = (block: Buffer, opening: Buffer): boolean =>
  block.length >= opening.length && opening.compare(block, 0, opening.length) === 0;

/** The whole block of this opening and more lines, as the client takes it. */
export function laidOut(opening: Buffer, lines = ''): MsgHdrs {
  const block = Buffer.allocUnsafe(opening.length + lines.length + lineEnd.length);
  opening.copy(block);
  block.write(lines + lineEnd, opening.length, 'latin1');
  return new LaidOut(block) as unknown as MsgHdrs;
}

/** A publish asks nothing of its headers but their bytes. */
class LaidOut {
  constructor(private readonly block: Uint8Array) {}

  encode(): Uint8Array {
    return this.block;
  }
}

/** The block of a message as it arrived; undefined where it has none, or where the client keeps it to itself. */
export function blockOf(message: Msg): Buffer | undefined {
  if (!(message instanceof MsgImpl) || message._msg.hdr <= 0) return undefined;
  const { buffer, byteOffset } = message._rdata;
  return Buffer.from(buffer, byteOffset, message._msg.hdr);
}

/** Reads a block. */
export function readBlock(block: Buffer): HeaderValues {
  const text = block.toString('utf8');
  const values = new Map<string, string>();
  for (let start = text.indexOf(lineEnd) + lineEnd.length; start < text.length;) {
    const end = endOfLine(text, start);
    const colon = text.indexOf(':', start);
    if (colon >= start && colon < end) {
      const name = text.slice(start, colon);
      if (!values.has(name)) values.set(name, text.slice(colon + 1, end).trim());
    }
    start = end + lineEnd.length;
  }
  return values;
}

const endOfLine = (text: string, from: number): number => {
  const at = text.indexOf(lineEnd, from);
  return at < 0 ? text.length : at;
};

/** The same of headers that the client has read. */
export function readHeaders(headers: Iterable<[string, string[]]>): HeaderValues {
  const values = new Map<string, string>();
  for (const [name, [value]] of headers) if (value !== undefined) values.set(name, value);
  return values;
}
