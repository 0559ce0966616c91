import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { deflateSync, constants } from 'node:zlib';
import { eventually } from '@shiplog/testing';
import { FrameReader, goAwayFrame, pingFrame, synStreamFrame } from './spdy-frames.js';
import { HeaderReader, HeaderWriter, type SpdyHeaders } from './spdy-headers.js';
import { spdyDictionary } from './spdy-dictionary.js';
import { SpdySession, type SpdyStream } from './spdy-session.js';

function pair(): { client: SpdySession; server: SpdySession; opened: SpdyStream[] } {
  const [a, b] = duplexPair();
  const opened: SpdyStream[] = [];
  const server = new SpdySession(b, 'server');
  server.onStream = (stream) => opened.push(stream);
  return { client: new SpdySession(a, 'client'), server, opened };
}

/** Headers are inflated by a thread of libuv: when a stream is there depends on how busy the machine is. */
const areOpened = (opened: SpdyStream[], count: number) => eventually(() => expect(opened).toHaveLength(count));

describe('SpdySession', () => {
  it('carries headers, data in both directions and ends each direction by itself', async () => {
    const { client, opened } = pair();
    const stdin = client.open({ streamType: 'stdin', port: '80' });
    stdin.end('from the client');
    await areOpened(opened, 1);
    expect(opened.map(({ headers }) => headers)).toEqual([{ streamtype: 'stdin', port: '80' }]);
    expect(await text(opened[0]!)).toBe('from the client');
    opened[0]!.end('from the server');
    expect(await text(stdin)).toBe('from the server');
  });

  it('keeps many streams apart and large contents whole', async () => {
    const { client, server } = pair();
    const reading: Promise<Buffer>[] = [];
    server.onStream = (stream) => reading.push(buffer(stream));
    const contents = [0, 1, 2, 3].map((n) => Buffer.alloc(700_000, n));
    for (const content of contents) client.open({ n: String(content[0]) }).end(content);
    await eventually(() => expect(reading).toHaveLength(4));
    const received = await Promise.all(reading);
    expect(received.map((bytes) => bytes.length)).toEqual(contents.map(() => 700_000));
    expect(received.map((bytes) => bytes[0])).toEqual([0, 1, 2, 3]);
  });

  it('still reads what came right before a reset, as runtimes send the exit status', async () => {
    const { client, opened } = pair();
    const status = client.open({ streamtype: 'error' });
    await areOpened(opened, 1);
    opened[0]!.write('exit 1');
    opened[0]!.destroy();
    expect(await text(status)).toBe('exit 1');
  });

  it('resets a stream without harm to the others, and all when the connection ends', async () => {
    const { client, server, opened } = pair();
    const [a, b] = [client.open({ n: 'a' }), client.open({ n: 'b' })];
    await areOpened(opened, 2);
    a.destroy();
    await eventually(() => expect(opened.map(({ writableEnded }) => writableEnded)).toEqual([true, false]));
    b.write('x');
    server.close();
    client.close();
    await Promise.all([client.closed, server.closed]);
    expect(b.writableEnded).toBe(true);
  });

  it('ends its side when its peer has ended', async () => {
    const [a, b] = duplexPair();
    const session = new SpdySession(b, 'server');
    a.end();
    await session.closed;
    expect(b.writableEnded).toBe(true);
  });

  it('answers a ping of its peer', async () => {
    const [a, b] = duplexPair();
    new SpdySession(b, 'server');
    a.write(pingFrame(7));
    await once(a, 'readable');
    expect([...new FrameReader().read(a.read() as Buffer)]).toEqual([{ type: 'ping', id: 7 }]);
  });

  it('gives up a connection that does not speak SPDY', async () => {
    const [a, b] = duplexPair();
    const session = new SpdySession(b, 'server');
    a.write(synStreamFrame(1, Buffer.from('no zlib at all'), false));
    await session.closed;
    expect(b.destroyed).toBe(true);
  });
});

describe('header blocks', () => {
  it('reads what was compressed with the dictionary of SPDY/3', async () => {
    const plain = Buffer.from('\0\0\0\x01\0\0\0\x0astreamtype\0\0\0\x05error'.replace('\x0as', '\x0as'));
    const block = deflateSync(plain, { dictionary: spdyDictionary, finishFlush: constants.Z_SYNC_FLUSH });
    expect(await new HeaderReader().read(block)).toEqual({ streamtype: 'error' });
  });

  it('writes blocks that are one zlib stream', async () => {
    const writer = new HeaderWriter();
    const reader = new HeaderReader();
    const all: SpdyHeaders[] = [{ streamtype: 'data', port: '8080' }, {}, { 'x-ä': 'ö'.repeat(30_000) }];
    for (const headers of all) expect(await reader.read(writer.write(headers))).toEqual(headers);
  });

  it('has the dictionary of the specification, by its checksum', () => {
    let [a, b] = [1, 0];
    for (const byte of spdyDictionary) [a, b] = [(a + byte) % 65521, (b + a + byte) % 65521];
    expect(spdyDictionary.length).toBe(1423);
    expect(((b << 16) | a) >>> 0).toBe(0xe3c6a7c2);
  });
});

describe('FrameReader', () => {
  it('finds frames whatever pieces they come in', () => {
    const bytes = Buffer.concat([pingFrame(1), goAwayFrame(5), pingFrame(3)]);
    for (let size = 1; size < bytes.length; size++) {
      const reader = new FrameReader();
      const found = [];
      for (let at = 0; at < bytes.length; at += size) found.push(...reader.read(bytes.subarray(at, at + size)));
      expect(found).toEqual([
        { type: 'ping', id: 1 },
        { type: 'goAway', lastStream: 5 },
        { type: 'ping', id: 3 },
      ]);
    }
  });
});
