import { setTimeout as sleep } from 'node:timers/promises';
import { PermissionViolationError, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { eventually, startNats, type RunningNats } from '@shiplog/testing';
import { connectNats, inboxPrefixOf } from '../connect-nats.js';
import { blockOpening, headerLine } from '../log/header-block.js';
import { Answers } from './answers.js';
import { Reconnects } from './reconnects.js';

const users = [
  { name: 'api-gateway', password: 'a' },
  { name: 'scheduler', password: 's' },
];
const body = Buffer.from('body');
const patienceMs = 20_000;

let nats: RunningNats;
let server: NatsConnection;
let gateway: NatsConnection;
const open: NatsConnection[] = [];
const as = async (natsUser: string, natsPassword: string): Promise<NatsConnection> => {
  const connection = await connectNats({ natsUrl: nats.url, natsUser, natsPassword }, 'test');
  open.push(connection);
  return connection;
};
const answersOf = (connection: NatsConnection, user: string): Answers =>
  new Answers(connection, new Reconnects(connection), inboxPrefixOf(user));
/** Something that takes what is published there. */
const listener = async (subject: string, answer: (message: Msg) => void): Promise<void> => {
  server.subscribe(subject, { callback: (_error, message) => answer(message) });
  await server.flush();
};

beforeAll(async () => {
  nats = await startNats({ users });
  server = await as('api-gateway', 'a');
  gateway = await as('scheduler', 's');
  await listener('commands.>', () => undefined);
});
afterAll(async () => {
  await Promise.all(open.map((connection) => connection.close()));
  await nats.stop();
});

describe('answers', () => {
  const subject = 'commands.scheduler';
  const publish = { subject, headers: blockOpening(''), body };

  it('find who asked, in whatever order they come', async () => {
    const waiting: Msg[] = [];
    const stop = server.subscribe(subject, {
      callback: (_error, message) => {
        waiting.push(message);
        if (waiting.length === 3) for (const one of waiting.reverse()) one.respond(`${one.headers?.get('a')}`);
      },
    });
    await server.flush();
    const answers = answersOf(gateway, 'scheduler');
    const asked = ['1', '2', '3'].map((a) => answers.to(publish, patienceMs, headerLine('a', a)));
    expect((await Promise.all(asked)).map(String)).toEqual(['1', '2', '3']);
    stop.unsubscribe();
  });

  it('that nobody will give are not waited for', async () => {
    const unheard = { ...publish, subject: '$JS.FC.nobody' };
    await expect(answersOf(gateway, 'scheduler').to(unheard, patienceMs)).rejects.toThrow('no stream takes');
  });

  it('are not waited for without end, and who comes too late is not heard', async () => {
    const late: Msg[] = [];
    await listener(subject, (message) => late.push(message));
    const answers = answersOf(gateway, 'scheduler');
    const started = performance.now();
    await expect(answers.to(publish, 300)).rejects.toThrow('in time');
    expect(performance.now() - started).toBeGreaterThanOrEqual(300);
    const second = answers.to(publish, patienceMs);
    await sleep(50);
    late[0]?.respond('first');
    late[1]?.respond('second');
    expect(String(await second)).toBe('second');
  });

  it('to what one may not publish say so', async () => {
    const forbidden = { ...publish, subject: 'resources.core.pods.default.a' };
    await expect(answersOf(gateway, 'scheduler').to(forbidden, patienceMs)).rejects.toThrow(PermissionViolationError);
  });

  it('are not waited for on a closed connection', async () => {
    const connection = await as('scheduler', 's');
    const answers = answersOf(connection, 'scheduler');
    const asked = answers.to(publish, patienceMs).catch(String);
    await connection.flush();
    await connection.close();
    expect(await asked).toContain('closed');
    await expect(answers.to(publish, patienceMs)).rejects.toThrow(/closed/);
  });

  it('are not waited for once the server has been lost, and come again from the next one', async () => {
    const answers = answersOf(gateway, 'scheduler');
    const lost = answers.to(publish, patienceMs).catch(String);
    await gateway.flush();
    await nats.kill();
    await nats.start();
    expect(await lost).toContain('connection was lost');
    server.subscribe('commands.>', { callback: (_error, message) => void message.respond('again') });
    // The first may come before who answers is heard of: then only those hear it who say nothing.
    await eventually(async () => expect(String(await answers.to(publish, 300))).toBe('again'));
  });
});
