import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@shiplog/component-base';
import {
  parseObject,
  serializeObject,
  type KubeObject,
  type ObjectKey,
  type Pod,
  type Revision,
} from '@shiplog/domain';
import { connectEventStore, database, snapshotsAt, type JetStreamEventStore } from '@shiplog/event-store';
import { startNats, startPostgres, type RunningNats, type RunningPostgres } from '@shiplog/testing';
import { SchedulerConfiguration } from './configuration.js';
import { openScheduler } from './open-scheduler.js';
import { aNode, aPod } from './testing/builders.js';

jest.setTimeout(60_000);

const never = new AbortController().signal;
const logger = { info: () => undefined, warn: () => undefined } as unknown as Logger;

describe('over a real log', () => {
  let nats: RunningNats;
  let log: JetStreamEventStore;
  let gateway: NatsConnection;
  const commands: { method: string; path: string; cause?: string }[] = [];

  beforeAll(async () => {
    nats = await startNats();
    log = await connectEventStore({ natsUrl: nats.url, name: 'test', streams: {} });
    gateway = await connect({ servers: nats.url });
    gateway.subscribe('commands.scheduler', {
      callback: (_, message) => void answer(message.string(), (reply) => message.respond(reply)),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await log.close();
    await nats.stop();
  });

  const keyOf = (plural: string, { namespace = '', name = '' }: KubeObject['metadata']): ObjectKey => ({
    stream: 'RESOURCES',
    group: '',
    plural,
    namespace,
    name,
  });

  const write = (
    plural: string,
    object: KubeObject,
    type: 'created' | 'updated',
    expected: Revision,
  ): Promise<Revision> =>
    log.append(
      {
        type,
        key: keyOf(plural, object.metadata),
        body: serializeObject(object),
        context: {
          id: randomUUID(),
          source: 'test',
          time: new Date().toISOString(),
          subject: '/',
          user: 'u',
          groups: [],
          correlationId: 'c',
          verb: 'x',
          change: 'spec',
        },
      },
      expected,
    );

  /** The gateway in a few lines: a binding sets the node, everything else is taken note of. */
  async function answer(text: string, respond: (reply: string) => void): Promise<void> {
    const { id, data } = JSON.parse(text) as {
      id: string;
      data: { method: string; path: string; body: KubeObject & { target: { name: string } }; cause?: string };
    };
    commands.push(data);
    if (data.path.includes('/binding')) {
      const last = await log.last(keyOf('pods', data.body.metadata));
      if (last === undefined) throw new Error('no such pod');
      const pod = parseObject<Pod & KubeObject>(last.body, last.revision);
      await write('pods', { ...pod, spec: { ...pod.spec, nodeName: data.body.target.name } }, 'updated', last.revision);
    }
    respond(JSON.stringify({ id, response: { code: 201, body: { kind: 'Status' } }, isDisposed: true }));
  }

  const placed = async (name: string): Promise<string | undefined> => {
    for (let i = 0; i < 200; i++) {
      const last = await log.last(keyOf('pods', { namespace: 'default', name }));
      const nodeName = last && parseObject<Pod & KubeObject>(last.body, last.revision).spec.nodeName;
      if (nodeName) return nodeName;
      await sleep(25);
    }
    return undefined;
  };
  const bindings = (name: string): number =>
    commands.filter(({ path }) => path.includes(`/pods/${name}/binding`)).length;

  async function scheduling<T>(work: () => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const configuration = Object.assign(new SchedulerConfiguration(), { natsUrl: nats.url });
    const { scheduler, close } = await openScheduler(configuration, logger, stop.signal);
    const running = scheduler.run(stop.signal);
    try {
      return await work();
    } finally {
      stop.abort();
      await running;
      await close();
      (await import('prom-client')).register.clear();
    }
  }

  it('binds what waits, names the cause, and after a restart does nothing twice', async () => {
    await write('nodes', aNode('n1') as unknown as KubeObject, 'created', 0n);
    const created = await write('pods', aPod('first') as unknown as KubeObject, 'created', 0n);
    expect(await scheduling(() => placed('first'))).toBe('n1');
    expect(commands.find(({ path }) => path.includes('/pods/first/binding'))?.cause).toBe(`RESOURCES/${created}`);
    await write('pods', aPod('second') as unknown as KubeObject, 'created', 0n);
    expect(await scheduling(() => placed('second'))).toBe('n1');
    expect([bindings('first'), bindings('second')]).toEqual([1, 1]);
  });

  it('goes on after the log was gone for a while', async () => {
    await scheduling(async () => {
      await nats.kill();
      await nats.start();
      await write('pods', aPod('third') as unknown as KubeObject, 'created', 0n);
      expect(await placed('third')).toBe('n1');
    });
  });
});

describe('the snapshot to start from', () => {
  let postgres: RunningPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
    const db = await database({ url: postgres.url, name: 'test' }).initialize();
    await db.runMigrations();
    await db.destroy();
  });
  afterAll(() => postgres.stop());

  it.each([
    ['without a database', () => '', 0],
    ['while the database is away', () => 'postgres://nobody@127.0.0.1:1/none', 1],
    ['before anything was projected', () => postgres.url, 0],
  ])('is none %s', async (_, url, faults) => {
    let told = 0;
    expect(await snapshotsAt(url(), 'scheduler', () => told++).snapshot('RESOURCES', never)).toBeUndefined();
    expect(told).toBe(faults);
  });
});
