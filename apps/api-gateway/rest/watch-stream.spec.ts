import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnsentEvents } from '../memory-bounds/unsent-events.js';
import { WatchStream } from './watch-stream.js';

let server: Server;
afterEach(() => new Promise<void>((done) => (server.closeAllConnections(), server.close(() => done()))));

/** Serves one watch that does what `write` says, and reads what arrives. */
async function read(write: (stream: WatchStream) => void, events = new UnsentEvents(1 << 30)): Promise<string> {
  server = createServer((_, response) => write(new WatchStream(response, new AbortController().signal, events)));
  const port = await new Promise<number>((done) =>
    server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)),
  );
  const response = await new Promise<IncomingMessage>((done) => get({ host: '127.0.0.1', port }, done));
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a watch that ends in the tick of its last event has sent it', async () => {
  const text = await read((stream) => {
    stream.write(Buffer.from('one\n'));
    stream.write(Buffer.from('two\n'));
    stream.end();
  });
  expect(text).toBe('one\ntwo\n');
});

test('a watch whose client is too slow ends behind a whole event, and is forgotten', async () => {
  const frame = Buffer.from(`${'x'.repeat(1024 * 1024 - 1)}\n`);
  const events = new UnsentEvents(1 << 30);
  let written = 0;
  const text = await read((stream) => {
    for (; !stream.isOver; written++) stream.write(frame);
  }, events);
  expect(text.length % frame.length).toBe(0);
  expect(text.length / frame.length).toBe(written - 1);
  events.sweep(0);
  expect(events.bytes).toBe(0);
});
