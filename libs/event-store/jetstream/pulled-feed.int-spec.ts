import type { ResourceEvent, Revision } from '@shiplog/domain';
import { configMapKey, eventually, newEvent, startNats, takeEvents, type RunningNats } from '@shiplog/testing';
import { connectEventStore } from '../connect-event-store.js';
import type { JetStreamEventStore } from './jetstream-event-store.js';

let nats: RunningNats;
let log: JetStreamEventStore;
const faults: string[] = [];
beforeAll(async () => {
  nats = await startNats();
  const onFault = (error: unknown): void => void faults.push(String(error));
  log = await connectEventStore({ natsUrl: nats.url, name: 'test', streams: {}, pulls: true, onFault });
});
afterAll(async () => {
  await log.close();
  await nats.stop();
});

const append = (count: number, bytes = 0): Promise<Revision[]> =>
  Promise.all(
    Array.from({ length: count }, () => log.append(newEvent(configMapKey(), 'created', { a: 'x'.repeat(bytes) }), 0n)),
  );
const revisionsOf = (events: readonly ResourceEvent[]): Revision[] => events.map(({ revision }) => revision);
const ascending = (revisions: readonly Revision[]): Revision[] => [...revisions].sort((a, b) => (a < b ? -1 : 1));

it.each([
  ['events than one request brings', 2_300, 0],
  ['bytes than one request brings', 25, 500_000],
])('brings more %s, in order and without gaps', async (_, count, bytes) => {
  const after = await log.lastRevision('RESOURCES');
  const written = ascending(await append(count, bytes));
  expect(revisionsOf(await takeEvents(log, 'RESOURCES', after, count))).toEqual(written);
  expect(faults).toEqual([]);
});

it('goes on where it was when the server has dropped its consumer', async () => {
  const after = await log.lastRevision('RESOURCES');
  const stop = new AbortController();
  const seen: Revision[] = [];
  const following = (async () => {
    for await (const events of log.follow('RESOURCES', after, stop.signal)) seen.push(...revisionsOf(events));
  })();
  const first = await append(3);
  await eventually(() => expect(seen).toHaveLength(3));
  for await (const { name } of log.manager.consumers.list('RESOURCES'))
    await log.manager.consumers.delete('RESOURCES', name);
  const second = await append(3);
  await eventually(() => expect(seen).toEqual(ascending([...first, ...second])));
  stop.abort();
  await following;
});
