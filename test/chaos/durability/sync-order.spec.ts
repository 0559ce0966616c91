import { SyncOrder } from './sync-order.mjs';

const hex = (bytes: Buffer | string): string =>
  [...Buffer.from(bytes as string, 'latin1')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const block = hex('/home/nats/jetstream/$G/streams/RESOURCES/msgs/1.blk');
const staged = hex('/home/nats/jetstream/$G/streams/RESOURCES/batches/a1/msgs/1.blk');
const socket = hex('socket:[7]');

/** Records as the server lays them down: length, sequence, then what does not matter here. */
function records(...sequences: number[]): Buffer {
  return Buffer.concat(
    sequences.map((sequence) => {
      const record = Buffer.alloc(64);
      record.writeUInt32LE((64 | 0x80000000) >>> 0, 0);
      record.writeBigUInt64LE(BigInt(sequence), 4);
      return record;
    }),
  );
}
const write = (bytes: Buffer, file = block): string => `1 pwrite64(9<${file}>, "${hex(bytes)}", ${bytes.length}, 0)`;
const wrote = (...sequences: number[]): string => `${write(records(...sequences))} = ${64 * sequences.length}`;
const synced = `1 fsync(9<${block}>) = 0`;
const send = (text: string, thread = 1): string =>
  `${thread} writev(8<${socket}>, [{iov_base="${hex(text)}", iov_len=${text.length}}], 1)`;
const sent = (text: string, taken = text.length): string => `${send(text)} = ${taken}`;
const answered = (sequence: number, more = ''): string =>
  `MSG _INBOX.api-gateway.x 1 32\r\n{"stream":"RESOURCES","seq":${sequence}${more}}\r\n`;
const batch = (sequence: number, count: number): string => answered(sequence, `,"batch":"b","count":${count}`);
const delivered = (sequence: number): string =>
  `HMSG resources.core.pods.a.b 2 $JS.ACK.RESOURCES.zL9z.1.${sequence}.3.1795265225856455808.0 3 9\r\n`;

function judge(lines: readonly string[]): SyncOrder {
  const order = new SyncOrder();
  for (const line of lines) order.take(line);
  return order;
}

describe('a trace in which every byte is synced before anyone is told', () => {
  it.each<[string, string[]]>([
    ['a publish', [wrote(5), synced, sent(answered(5))]],
    ['publishes that share a sync', [wrote(5), wrote(6), synced, sent(answered(5) + answered(6))]],
    ['a batch', [wrote(5, 6), wrote(7), synced, sent(batch(7, 3))]],
    ['a delivery', [wrote(5), synced, sent(delivered(5))]],
    ['a file that is opened to be written through', [openedThrough(), wrote(5), sent(answered(5))]],
    ['an answer from before the trace', [wrote(5), synced, sent(answered(4))]],
    [
      'calls that overlap',
      [`2 fsync(9<${block}> <unfinished ...>`, wrote(5), synced, '2 <... fsync resumed>) = 0', sent(answered(5))],
    ],
  ])('%s', (_, lines) => {
    const order = judge(lines);
    expect(order.violations()).toEqual([]);
    expect(order.figures.unread).toBe(0);
    expect(order.figures.answers + order.figures.deliveries).toBeGreaterThan(0);
  });
});

function openedThrough(): string {
  return `1 openat(AT_FDCWD<${hex('/')}>, "${block}", O_RDWR|O_SYNC) = 9<${block}>`;
}

describe('a trace in which somebody is told too early', () => {
  it.each<[string, string[]]>([
    ['the answer before the write', [sent(answered(5)), wrote(5), synced]],
    ['the answer before the sync', [wrote(5), sent(answered(5)), synced]],
    ['no sync at all', [wrote(5), sent(answered(5))]],
    ['a sync that fails', [wrote(5), `1 fsync(9<${block}>) = -1 EIO (Input/output error)`, sent(answered(5))]],
    ['a sync of another file', [wrote(5), `1 fsync(9<${staged}>) = 0`, sent(answered(5))]],
    ['a batch of which one message is not synced', [wrote(5, 6), synced, wrote(7), sent(batch(7, 3))]],
    ['a batch of which one message is only staged', [wrote(5, 6), staging(7), synced, sent(batch(7, 3))]],
    ['a delivery before the sync', [wrote(5), sent(delivered(5)), synced]],
    ['an answer that goes out in two pieces', [wrote(5), ...inTwo(answered(5)), synced]],
    [
      'a sync that began before the write had ended',
      [
        `2 ${write(records(5)).slice(2, -1)} <unfinished ...>`,
        `3 fsync(9<${block}> <unfinished ...>`,
        '2 <... pwrite64 resumed>) = 64',
        '3 <... fsync resumed>) = 0',
        sent(answered(5)),
      ],
    ],
    [
      'an answer that leaves while the sync goes on',
      [
        wrote(5),
        `3 fsync(9<${block}> <unfinished ...>`,
        `${send(answered(5), 2).slice(0, -1)} <unfinished ...>`,
        '3 <... fsync resumed>) = 0',
        `2 <... writev resumed>) = ${answered(5).length}`,
      ],
    ],
  ])('%s', (_, lines) => expect(judge(lines).violations()).toHaveLength(1));
});

function staging(sequence: number): string {
  return `${write(records(sequence), staged)} = 64`;
}

function inTwo(text: string): string[] {
  return [sent(text, 40), sent(text.slice(40))];
}

it('counts writes that it cannot read, so that nothing passes unseen', () => {
  const order = judge([`1 pwrite64(9<${block}>, "${hex(records(5))}"..., 4096, 0) = 4096`, synced]);
  expect(order.figures.unread).toBe(1);
});
