import { CopiedRows, type CopiedRow } from './copied-rows.js';

const int16 = (n: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(n);
  return bytes;
};
const int32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes;
};
const row = (...fields: (string | undefined)[]): Buffer =>
  Buffer.concat([
    int16(fields.length),
    ...fields.flatMap((text) => (text === undefined ? [int32(-1)] : [int32(text.length), Buffer.from(text)])),
  ]);
const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\x03ext', 'latin1');
const rows = [
  ['a', undefined, ''],
  ['second', '2', 'x'.repeat(300)],
  [undefined, undefined, undefined],
];
const copied = Buffer.concat([header, ...rows.map((all) => row(...all)), int16(-1)]);

const fields = (row: CopiedRow): (string | undefined)[] => {
  const read = [0, 1, 2].map((column) => (row.isNull(column) ? undefined : row.text(column)));
  expect([0, 1, 2].map((column) => row.buffer(column).toString())).toEqual(read.map((text) => text ?? ''));
  return read;
};

it.each([1, 2, 7, 19, 64, copied.length])('rows are whole whatever pieces of %d bytes they come in', (size) => {
  const reader = new CopiedRows();
  const read = [];
  for (let at = 0; at < copied.length; at += size) read.push(...reader.take(copied.subarray(at, at + size), fields));
  expect(read).toEqual(rows);
});
