import { headers } from '@nats-io/nats-core';
import { blockOpening, headerLine, laidOut, readBlock, readHeaders } from './header-block.js';

const bytesOf = (lines: string, more?: string): Buffer =>
  Buffer.from((laidOut(blockOpening(lines), more) as unknown as { encode(): Uint8Array }).encode());

describe('a block of headers', () => {
  it('is laid out as NATS expects', () => {
    const [a, b] = [headerLine('a', '1'), headerLine('b', '2')];
    const expected = 'NATS/1.0\r\na: 1\r\nb: 2\r\n\r\n';
    expect([String(bytesOf(a + b)), String(bytesOf(a, b))]).toEqual([expected, expected]);
  });

  test.each<[string, string, Record<string, string>]>([
    ['nothing', '', {}],
    ['values with colons', 'ce-time: 12:30\r\n', { 'ce-time': '12:30' }],
    ['an empty value', 'a:\r\nb: \r\n', { a: '', b: '' }],
    ['values without space before or behind', 'a:1\r\nb:  2 \r\n', { a: '1', b: '2' }],
    ['the first of two', 'a: 1\r\na: 2\r\n', { a: '1' }],
    ['names as they are written', 'A: 1\r\na: 2\r\n', { A: '1', a: '2' }],
    ['lines that are no headers', 'what is this\r\na: 1\r\n', { a: '1' }],
    ['a value that looks like a version', 'a: NATS/1.0\r\nb: 2\r\n', { a: 'NATS/1.0', b: '2' }],
  ])('is read with %s', (_, lines, expected) => {
    expect(Object.fromEntries(readBlock(bytesOf(lines)))).toEqual(expected);
  });

  it('says the same as the client reads in it', () => {
    const read = headers();
    read.append('a', '1');
    read.append('a', '2');
    read.append('b', '3');
    expect(readHeaders(read)).toEqual(readBlock(bytesOf('a: 1\r\na: 2\r\nb: 3\r\n')));
  });

  it('that was cut off is read as far as it goes', () => {
    expect(Object.fromEntries(readBlock(Buffer.from('NATS/1.0\r\na: 1\r\nb: 2')))).toEqual({ a: '1', b: '2' });
    expect(readBlock(Buffer.from('NATS/1.0')).size).toBe(0);
  });
});
