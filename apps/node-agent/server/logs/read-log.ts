import { open, type FileHandle } from 'node:fs/promises';
import { pause } from '../../node/every.js';
import { parseLogLine, renderRecord, type LogOptions } from './cri-log.js';

const blockSize = 64 * 1024;
const pollPeriod = 200;
const newline = 0x0a;

/**
 * The text of a container's log as asked for, from the file that the runtime writes. Following ends when `isOver` and all has been
 * read, when the limit is reached, or with the signal.
 */
export async function* readLog(
  path: string,
  options: LogOptions,
  isOver: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    let left = options.limitBytes ?? Infinity;
    for await (const line of lines(file, await startOf(file, options.tailLines), options.follow, isOver, signal)) {
      const record = parseLogLine(line);
      const text = record && renderRecord(record, options);
      if (!text) continue;
      yield text.subarray(0, Math.min(left, text.length));
      left -= text.length;
      if (left <= 0) return;
    }
  } finally {
    await file.close();
  }
}

async function* lines(
  file: FileHandle,
  from: number,
  follow: boolean,
  isOver: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  let at = from;
  while (!signal.aborted) {
    // Asked before reading: what was written before the end is then still read.
    const wasOver = isOver();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(blockSize), 0, blockSize, at);
    at += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
    if (bytesRead > 0) continue;
    if (!follow || wasOver) return;
    await pause(pollPeriod, signal);
  }
}

/** Where the last `count` lines begin; 0 for all. */
async function startOf(file: FileHandle, count: number | undefined): Promise<number> {
  if (count === undefined) return 0;
  const { size } = await file.stat();
  if (count === 0) return size;
  let found = 0;
  for (let end = size; end > 0; end -= blockSize) {
    const begin = Math.max(0, end - blockSize);
    const { buffer } = await file.read(Buffer.alloc(end - begin), 0, end - begin, begin);
    for (let at = buffer.length - 1; at >= 0; at--) {
      // The newline that ends the file begins no line.
      if (buffer[at] !== newline || begin + at === size - 1) continue;
      found += 1;
      if (found === count) return begin + at + 1;
    }
  }
  return 0;
}
