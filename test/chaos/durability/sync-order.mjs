// What a power cut could take: proves from a trace of nats-server's system calls that nobody is told of a message before its bytes are on disk.
//   strace -f -y -xx -s 1048576 -e signal=none -e trace=openat,close,write,writev,pwrite64,sendto,fsync,fdatasync -p PID -o FILE
//   node sync-order.mjs FILE
// Reads which records of a stream's block files each write holds, which of them each sync covers, and which sequences each answer to a
// publisher (alone or for a batch) and each delivery to a follower names. Where batches are staged does not count: only streams/*/msgs.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const blockFile = /\/streams\/([A-Z]+)\/msgs\/\d+\.blk$/;
const descriptor = /^(\d+)(?:<([^>]*)>)?/;
const strings = /"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g;
const answer = /\{"stream":"([A-Z]+)", ?"seq":(\d+)([^}]*)\}/g;
const delivery = /MSG \S+ \S+ \$JS\.ACK\.([A-Z]+)\.\w+\.\d+\.(\d+)\.\d+\.\d+\.\d+ /g;
/** Longer than any answer or first line of a delivery: so much of a socket's last bytes may belong to what the next write completes. */
const tailBytes = 512;

const unhex = (text) => Buffer.from(text.replaceAll('\\x', ''), 'hex');
const readable = (text) => (text?.startsWith('\\x') ? unhex(text).toString('latin1') : text);

/** Sequences of the message records in these bytes of a block file; undefined if they do not begin and end with a record. */
export function sequencesIn(bytes) {
  const found = [];
  let at = 0;
  while (at + 22 <= bytes.length) {
    const length = bytes.readUInt32LE(at) & 0x7fffffff;
    const sequence = bytes.readBigUInt64LE(at + 4);
    if (length < 22) return undefined;
    // The two highest bits mark what was erased.
    if (sequence >> 62n === 0n) found.push(Number(sequence));
    at += length;
  }
  return at === bytes.length ? found : undefined;
}

/** Takes a trace line by line. Order of lines is order of time: a call begins at its line and ends there or at its "resumed" line. */
export class SyncOrder {
  figures = {
    records: 0,
    syncs: 0,
    answers: 0,
    batches: 0,
    batchMessages: 0,
    deliveries: 0,
    blocksOpened: 0,
    unread: 0,
  };
  #line = 0;
  #unfinished = new Map();
  /** By block file: what is written and not yet known to be on disk, as { key, ended }. */
  #unsynced = new Map();
  /** `stream sequence` to the line at which it was on disk. */
  #syncedAt = new Map();
  /** By stream, the first sequence that was written under the trace: what is before is of another time. */
  #firstWritten = new Map();
  #unproven = [];
  #tails = new Map();
  #writesThrough = new Set();

  take(line) {
    this.#line++;
    const parts = /^(\d+)\s+(.*)$/.exec(line);
    if (!parts) return;
    const [, thread, text] = parts;
    const begins = /^(\w+)\((.*?)\s*<unfinished \.\.\.>$/.exec(text);
    if (begins) {
      this.#unfinished.set(thread, { name: begins[1], args: begins[2], began: this.#line });
      return;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)\)\s+= (.*)$/.exec(text);
    if (resumed) {
      const call = this.#unfinished.get(thread);
      this.#unfinished.delete(thread);
      if (call) this.#call({ ...call, args: call.args + resumed[1], result: resumed[2] });
      return;
    }
    const whole = /^(\w+)\((.*)\)\s+= (.*)$/.exec(text);
    if (whole) this.#call({ name: whole[1], args: whole[2], result: whole[3], began: this.#line });
  }

  #call({ name, args, result, began }) {
    const returned = Number.parseInt(result, 10);
    if (!(returned >= 0)) return;
    if (name === 'openat') return this.#opened(args, result);
    const [, fd, rawTarget] = descriptor.exec(args) ?? [];
    const target = readable(rawTarget) ?? '';
    if (name === 'close') this.#writesThrough.delete(fd);
    else if (name === 'fsync' || name === 'fdatasync') this.#synced(target, began);
    else if (blockFile.test(target)) this.#wrote(fd, target, args, returned);
    else if (target.startsWith('socket:') || target.startsWith('TCP')) this.#sent(target, args, returned, began);
  }

  #opened(args, result) {
    const [, fd, rawPath] = descriptor.exec(result) ?? [];
    if (/O_D?SYNC/.test(args)) this.#writesThrough.add(fd);
    else this.#writesThrough.delete(fd);
    if (args.includes('O_CREAT') && blockFile.test(readable(rawPath) ?? '')) this.figures.blocksOpened++;
  }

  /** The bytes of a call's strings, as many as it took; undefined if the trace has cut them. */
  #bytes(args, taken) {
    const chunks = [];
    for (const [, hex, cut] of args.matchAll(strings)) {
      if (cut) return undefined;
      chunks.push(unhex(hex));
    }
    return Buffer.concat(chunks).subarray(0, taken);
  }

  #wrote(fd, file, args, taken) {
    const bytes = this.#bytes(args, taken);
    const sequences = bytes && sequencesIn(bytes);
    if (!sequences) {
      this.figures.unread++;
      return;
    }
    const stream = blockFile.exec(file)[1];
    for (const sequence of sequences) {
      const key = `${stream} ${sequence}`;
      this.figures.records++;
      if (!(this.#firstWritten.get(stream) <= sequence)) this.#firstWritten.set(stream, sequence);
      if (this.#writesThrough.has(fd)) this.#syncedAt.set(key, this.#line);
      else {
        if (!this.#unsynced.has(file)) this.#unsynced.set(file, []);
        this.#unsynced.get(file).push({ key, ended: this.#line });
      }
    }
  }

  /** Covers what had been written when it began, and not before it has ended. */
  #synced(file, began) {
    if (!blockFile.test(file)) return;
    this.figures.syncs++;
    const left = [];
    for (const write of this.#unsynced.get(file) ?? []) {
      if (write.ended <= began) this.#syncedAt.set(write.key, this.#line);
      else left.push(write);
    }
    this.#unsynced.set(file, left);
  }

  #sent(socket, args, taken, began) {
    const bytes = this.#bytes(args, taken);
    if (!bytes) {
      this.figures.unread++;
      return;
    }
    const before = this.#tails.get(socket) ?? '';
    const text = before + bytes.toString('latin1');
    let consumed = 0;
    for (const match of text.matchAll(answer)) {
      consumed = Math.max(consumed, match.index + match[0].length);
      const count = Number(/"count":(\d+)/.exec(match[3])?.[1] ?? 1);
      this.figures.answers++;
      if (count > 1) {
        this.figures.batches++;
        this.figures.batchMessages += count;
      }
      for (let i = 0; i < count; i++) this.#told('answer', match[1], Number(match[2]) - i, began);
    }
    for (const match of text.matchAll(delivery)) {
      consumed = Math.max(consumed, match.index + match[0].length);
      this.figures.deliveries++;
      this.#told('delivery', match[1], Number(match[2]), began);
    }
    this.#tails.set(socket, text.slice(Math.max(consumed, text.length - tailBytes)));
  }

  #told(what, stream, sequence, began) {
    const syncedAt = this.#syncedAt.get(`${stream} ${sequence}`);
    if (syncedAt === undefined || syncedAt > began) this.#unproven.push({ what, stream, sequence, began });
  }

  /** After the last line: what was told of and not on disk. Sequences before the first that was written under the trace are of another time. */
  violations() {
    const { figures } = this;
    const isOurs = ({ stream, sequence }) => sequence >= (this.#firstWritten.get(stream) ?? Infinity);
    const early = this.#unproven.filter(isOurs);
    figures.ofBefore = this.#unproven.length - early.length;
    return early.map(
      ({ what, stream, sequence, began }) =>
        `line ${began}: ${what} of ${stream} ${sequence} leaves before it is synced`,
    );
  }
}

/** Reads a whole trace. */
export async function checkSyncOrder(file) {
  const order = new SyncOrder();
  for await (const line of createInterface({ input: createReadStream(file, 'latin1'), crlfDelay: Infinity }))
    order.take(line);
  return order;
}

async function main(file) {
  const order = await checkSyncOrder(file);
  const violations = order.violations();
  console.log(JSON.stringify(order.figures));
  for (const violation of violations.slice(0, 20)) console.log(violation);
  process.exitCode = violations.length + order.figures.unread === 0 ? 0 : 1;
}

if (process.argv[1]?.endsWith('/sync-order.mjs')) void main(process.argv[2]);
