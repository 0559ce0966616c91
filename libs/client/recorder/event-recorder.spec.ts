import { StatusError, type KubeObject } from '@shiplog/domain';
import type { ApiClient } from '../api-client.js';
import type { NewCoreEvent } from './core-event.js';
import { EventRecorder } from './event-recorder.js';

const about = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', uid: 'u' };
const event = (more: Partial<NewCoreEvent> = {}): NewCoreEvent => ({
  about,
  type: 'Normal',
  reason: 'Started',
  message: 'started',
  ...more,
});
const noon = new Date('2026-01-01T12:00:00.123Z');

function recorderWith(fails: (call: string) => Error | undefined = () => undefined) {
  const calls: string[] = [];
  const objects: KubeObject[] = [];
  const options: unknown[] = [];
  const dropped: string[] = [];
  let now = noon;
  const act = (call: string, given: unknown): Promise<unknown> => {
    const error = fails(call);
    calls.push(call);
    options.push(given);
    return error ? Promise.reject(error) : Promise.resolve({});
  };
  const client = {
    create: (_ref: object, object: KubeObject, given: unknown) => (
      objects.push(object),
      act(`create ${object['message']}`, given)
    ),
    patch: (_ref: object, _type: string, { count, message }: { count: number; message: string }, given: unknown) =>
      act(`count ${count} ${message}`, given),
  } as unknown as ApiClient;
  const recorder = new EventRecorder(client, new AbortController().signal, {
    now: () => now,
    onDropped: ({ reason }) => dropped.push(reason),
  });
  const record = async (given: NewCoreEvent): Promise<void> => {
    recorder.record(given, { component: 'kubelet', host: 'n1', actAs: 'sa' }, 'RESOURCES/5');
    await recorder.flush();
  };
  const recordAll = async (given: readonly NewCoreEvent[]): Promise<void> => {
    for (const each of given) recorder.record(each, { component: 'kubelet' });
    await recorder.flush();
  };
  return {
    record,
    recordAll,
    calls,
    objects,
    options,
    dropped,
    later: (ms: number) => (now = new Date(now.getTime() + ms)),
  };
}

describe('EventRecorder', () => {
  it('writes an event about its object, with who tells and why', async () => {
    const { record, objects, options } = recorderWith();
    await record(event());
    expect(objects[0]).toMatchObject({
      metadata: { namespace: 'shop', name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) },
      involvedObject: about,
      reason: 'Started',
      type: 'Normal',
      count: 1,
      source: { component: 'kubelet', host: 'n1' },
      reportingComponent: 'kubelet',
      firstTimestamp: '2026-01-01T12:00:00Z',
      lastTimestamp: '2026-01-01T12:00:00Z',
    });
    expect(options[0]).toMatchObject({ cause: 'RESOURCES/5', actAs: 'sa' });
  });

  it('puts events about the cluster into the default namespace', async () => {
    const { record, objects } = recorderWith();
    await record(event({ about: { ...about, namespace: undefined } }));
    expect(objects[0]?.metadata.namespace).toBe('default');
  });

  it('counts a repetition up', async () => {
    const { record, calls } = recorderWith();
    for (let i = 0; i < 3; i++) await record(event());
    await record(event({ message: 'another' }));
    expect(calls).toEqual(['create started', 'count 2 started', 'count 3 started', 'create another']);
  });

  it('starts again when the first occurrence has aged away', async () => {
    const gone = new StatusError(404, 'NotFound', 'gone');
    const { record, calls } = recorderWith((call) => (call.startsWith('count') ? gone : undefined));
    await record(event());
    await record(event());
    expect(calls).toEqual(['create started', 'count 2 started', 'create started']);
  });

  it('combines events that differ in their text only, from the eleventh on', async () => {
    const { record, calls } = recorderWith();
    for (let i = 1; i <= 12; i++) await record(event({ message: `m${i}` }));
    expect(calls.slice(10)).toEqual([
      'create (combined from similar events): m11',
      'count 2 (combined from similar events): m12',
    ]);
  });

  it('lets an object have 25 at once and then one every five minutes', async () => {
    const { record, calls, later } = recorderWith();
    for (let i = 0; i < 40; i++) await record(event());
    expect(calls).toHaveLength(25);
    later(5 * 60_000);
    for (let i = 0; i < 3; i++) await record(event());
    expect(calls).toHaveLength(26);
  });

  it('tries again while the API does not answer', async () => {
    let failures = 2;
    const { record, calls } = recorderWith(() =>
      failures-- > 0 ? new StatusError(503, 'ServiceUnavailable', 'later') : undefined,
    );
    await record(event());
    expect(calls).toHaveLength(3);
  });

  it('drops what is refused, and says so', async () => {
    const { record, dropped } = recorderWith(() => new StatusError(403, 'Forbidden', 'no'));
    await record(event());
    expect(dropped).toEqual(['Started']);
  });

  it('writes what was repeated while it waited once, counted, and only after what it repeats', async () => {
    const { recordAll, calls, objects } = recorderWith();
    await recordAll([event(), event(), event(), event({ reason: 'Pulled', message: 'pulled' }), event()]);
    expect(calls).toEqual(['create started', 'create pulled', 'count 4 started']);
    expect(objects[0]).toMatchObject({ count: 1 });
  });

  it('writes 32 at a time, in order', async () => {
    let [now, most] = [0, 0];
    const written: string[] = [];
    const client = {
      create: async (_ref: object, { involvedObject }: { involvedObject: { name: string } }) => {
        written.push(involvedObject.name);
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
      },
    } as unknown as ApiClient;
    const recorder = new EventRecorder(client, new AbortController().signal);
    const names = Array.from({ length: 80 }, (_, i) => `web-${i}`);
    for (const name of names) recorder.record(event({ about: { ...about, name } }), { component: 'kubelet' });
    await recorder.flush();
    expect([most, written]).toEqual([32, names]);
  });

  it('drops the oldest of more than 20,000 that wait', () => {
    const dropped: string[] = [];
    const client = { create: () => new Promise(() => undefined) } as unknown as ApiClient;
    const recorder = new EventRecorder(client, new AbortController().signal, {
      onDropped: ({ about: { name } }) => dropped.push(name),
    });
    const names = Array.from({ length: 1 + 20_000 + 9 }, (_, i) => `web-${i}`);
    for (const name of names) recorder.record(event({ about: { ...about, name } }), { component: 'kubelet' });
    expect(dropped).toEqual(names.slice(1, 10));
  });

  it('rests thrice as long as a batch took', async () => {
    const batches: number[] = [];
    const client = {
      create: async () => {
        const now = performance.now();
        if (now - (batches.at(-1) ?? 0) > 10) batches.push(now);
        await new Promise((resolve) => setTimeout(resolve, 40));
      },
    } as unknown as ApiClient;
    const recorder = new EventRecorder(client, new AbortController().signal);
    const names = Array.from({ length: 1 + 32 + 1 }, (_, i) => `web-${i}`);
    for (const name of names) recorder.record(event({ about: { ...about, name } }), { component: 'kubelet' });
    await recorder.flush();
    const [first = 0, second = 0, third = 0] = batches;
    expect(batches).toHaveLength(3);
    expect(Math.min(second - first, third - second)).toBeGreaterThan(150);
  });

  it('tells warnings before what else waits, and repetitions last', async () => {
    const { recordAll, calls } = recorderWith();
    await recordAll([event()]);
    await recordAll([
      event({ message: 'first' }),
      ...[event(), event({ message: 'news' }), event({ type: 'Warning', message: 'warning' })],
    ]);
    expect(calls.slice(2)).toEqual(['create warning', 'create news', 'count 2 started']);
  });
});
