import { once } from 'node:events';
import type { Server } from 'node:https';
import { connect, createServer, Socket } from 'node:net';
import { boundConnections } from './connection-gate.js';
import { Doors } from './doors.js';

/** A plain server: what it does with a connection is the same with and without TLS. */
const greeter = (): Server =>
  createServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .end('welcome'),
  ) as unknown as Server;

async function greetingOf(port: number): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  socket.write('hello');
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

test('many clients at once are let in, each once', async () => {
  const server = greeter();
  boundConnections(server, () => undefined);
  const doors = new Doors(server);
  const port = await doors.open(0, '127.0.0.1');
  const greetings = await Promise.all(Array.from({ length: 200 }, () => greetingOf(port)));
  expect(greetings).toEqual(Array.from({ length: 200 }, () => 'welcome'));
  await doors.close();
});

test('what is sent to a client does not wait for its acknowledgements, whichever door it came through', async () => {
  const setNoDelay = jest.spyOn(Socket.prototype, 'setNoDelay');
  const doors = new Doors(greeter());
  const port = await doors.open(0, '127.0.0.1');
  await Promise.all(Array.from({ length: 64 }, () => greetingOf(port)));
  expect(setNoDelay.mock.calls).toEqual(Array.from({ length: 64 }, () => [true]));
  setNoDelay.mockRestore();
  await doors.close();
});

test('a port that another server has is not shared with it', async () => {
  const [first, second] = [new Doors(greeter()), new Doors(greeter())];
  const port = await first.open(0, '127.0.0.1');
  await expect(second.open(port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
  await first.close();
  await expect(second.open(port, '127.0.0.1')).resolves.toBe(port);
  await second.close();
});

test('who connects and says nothing is not served, and does not hold up others', async () => {
  const server = greeter();
  boundConnections(server, () => undefined);
  const doors = new Doors(server);
  const port = await doors.open(0, '127.0.0.1');
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  expect(await greetingOf(port)).toBe('welcome');
  expect(silent.bytesRead).toBe(0);
  silent.destroy();
  await doors.close();
});
