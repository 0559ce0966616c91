import type { KubeObject } from '@shiplog/domain';
import { resourceType, type EventRecorder } from '@shiplog/client';
import { createLogger } from '@shiplog/component-base';
import { eventually, MemoryApi } from '@shiplog/testing';
import { ControllerHost, restAfter } from './controller-host.js';
import { controllersOf, defineController, defineReconciler, watch, type AnyController } from './controller.js';
import { create, lookAgainAfter, nothing, plan } from './plan.js';

type Thing = KubeObject & { spec?: { wants?: number } };
const things = resourceType<Thing>('', 'v1', 'Thing', 'things');
const parts = resourceType('', 'v1', 'Part', 'parts');
const ref = { group: '', version: 'v1', plural: 'things', namespace: 'shop' };

const partOf = (thing: Thing): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Part',
  metadata: {
    generateName: 'part-',
    namespace: 'shop',
    ownerReferences: [
      {
        apiVersion: 'v1',
        kind: 'Thing',
        name: thing.metadata.name ?? '',
        uid: thing.metadata.uid ?? '',
        controller: true,
      },
    ],
  },
});

/** Makes one part a look until there are as many as the thing wants. */
const maker = (looks: string[] = []) =>
  defineController<Thing, { thing: Thing; count: number }>({
    name: `maker-${Math.random()}`,
    reconciles: things,
    watches: [watch(parts, controllersOf(things))],
    observe: (thing, read) => ({ thing, count: read(parts).ownedBy(thing.metadata.uid ?? '').length }),
    decide({ thing, count }) {
      looks.push(`${thing.metadata.name} ${count}`);
      return count < (thing.spec?.wants ?? 0) ? plan(create(parts, partOf(thing))) : nothing;
    },
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('ControllerHost', () => {
  let stop: AbortController;
  let running: Promise<void> | undefined;
  beforeEach(() => (stop = new AbortController()));
  afterEach(async () => {
    stop.abort();
    await running;
  });

  const started = (controller: AnyController, api: MemoryApi): void => {
    const logger = createLogger('test');
    logger.level = 'silent';
    const recorder = { record: () => undefined } as unknown as EventRecorder;
    const host = new ControllerHost(controller, { informers: api.informers, client: api, recorder, logger });
    api.deliver();
    running = host.run(stop.signal);
  };
  const thing = (wants: number): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { name: 'a' },
    spec: { wants },
  });

  it('names the event that made a key dirty as the cause, and acts as the controller’s account', async () => {
    const api = new MemoryApi();
    const controller = maker();
    started(controller, api);
    await api.create(ref, thing(1));
    api.deliver();
    await eventually(() =>
      expect(api.writes.at(-1)).toMatchObject({
        plural: 'parts',
        options: { cause: 'RESOURCES/1', actAs: `system:serviceaccount:kube-system:${controller.name}` },
      }),
    );
  });

  it('does not look again before the caches show what it wrote', async () => {
    const api = new MemoryApi();
    const looks: string[] = [];
    started(maker(looks), api);
    const made = await api.create(ref, thing(1));
    api.deliver();
    await eventually(() => expect(looks).toEqual(['a 0']));
    // The thing changes, but the part that was made for it is not in the caches yet.
    await api.patch({ ...ref, name: 'a' }, 'merge', { metadata: { labels: { x: 'y' }, uid: made.metadata.uid } });
    api.deliver(0);
    await pause(5);
    expect(looks).toEqual(['a 0']);
    api.deliver();
    await eventually(() => expect(looks.slice(0, 2)).toEqual(['a 0', 'a 1']));
    expect(api.all(parts)).toHaveLength(1);
  });

  it('tries again after a fault', async () => {
    const api = new MemoryApi();
    started(maker(), api);
    await api.create(ref, thing(1));
    jest.spyOn(api, 'create').mockRejectedValueOnce(new Error('no answer'));
    api.deliver();
    await eventually(() => expect(api.all(parts)).toHaveLength(1));
  });

  it('looks again after the time that the plan asks for, for the same reason', async () => {
    const api = new MemoryApi();
    let looks = 0;
    const waiting = defineController<Thing, Thing>({
      name: 'waiter',
      reconciles: things,
      reads: [parts],
      observe: (object) => object,
      decide: (object) =>
        ++looks === 1 ? lookAgainAfter(5) : looks === 2 ? plan(create(parts, partOf(object))) : nothing,
    });
    started(waiting, api);
    await api.create(ref, thing(0));
    api.deliver();
    await eventually(() =>
      expect(api.writes.at(-1)).toMatchObject({ plural: 'parts', options: { cause: 'RESOURCES/1' } }),
    );
  });

  it('lets a reconciler do as it likes, one worker a key', async () => {
    const api = new MemoryApi();
    let inside = 0;
    const seen: number[] = [];
    const reconciler = defineReconciler<Thing>({
      name: 'reconciler',
      reconciles: things,
      async reconcile({ key, cause }) {
        expect([key, cause]).toEqual(['shop/a', expect.stringMatching(/^RESOURCES\//)]);
        seen.push(++inside);
        await pause(5);
        inside--;
      },
    });
    started(reconciler, api);
    const { metadata } = await api.create(ref, thing(0));
    api.deliver();
    await api.patch({ ...ref, name: metadata.name ?? '' }, 'merge', { spec: { wants: 1 } });
    await pause(1);
    api.deliver();
    await eventually(() => expect(seen).toEqual([1, 1]));
  });

  it('refuses to read what was not declared', async () => {
    const api = new MemoryApi();
    const faults: unknown[] = [];
    const careless = defineController<Thing, number>({
      name: 'careless',
      reconciles: things,
      observe(_object, read) {
        try {
          return read(parts).all().length;
        } catch (error) {
          faults.push(error);
          return 0;
        }
      },
      decide: () => nothing,
    });
    started(careless, api);
    await api.create(ref, thing(0));
    api.deliver();
    await eventually(() => expect(faults).not.toHaveLength(0));
    expect(String(faults[0])).toMatch(/careless reads \/parts: name it in its watches or reads/);
  });
});

test.each([
  [0, 0],
  [1.9, 0],
  [10, 40],
  [1_000, 250],
])('a key that took %d ms to decide rests %d ms', (decidingMs, restMs) => expect(restAfter(decidingMs)).toBe(restMs));
