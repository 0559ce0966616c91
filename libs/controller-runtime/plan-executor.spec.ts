import { StatusError, type KubeObject } from '@shiplog/domain';
import { resourceType, type ApiClient } from '@shiplog/client';
import { OwnWrites } from './own-writes.js';
import { create, patch, plan, remove, setStatus, tell, type Plan } from './plan.js';
import { PlanExecutor } from './plan-executor.js';

const things = resourceType('', 'v1', 'Thing', 'things');
const thing = (name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '7' },
  ...more,
});

/** Writes down what it is asked, and fails where it is told to. */
function clientThat(fails: (call: string) => Error | undefined = () => undefined) {
  const calls: string[] = [];
  const options: unknown[] = [];
  const answer = (call: string, object: KubeObject, given: unknown): Promise<KubeObject> => {
    calls.push(call);
    options.push(given);
    const error = fails(call);
    return error ? Promise.reject(error) : Promise.resolve(object);
  };
  const client = {
    create: (_ref: object, object: KubeObject, o: unknown) => answer(`create ${object.metadata.name}`, object, o),
    update: (ref: { name: string; subresource?: string }, object: KubeObject, o: unknown) =>
      answer(`update ${ref.name}${ref.subresource ? `/${ref.subresource}` : ''}`, object, o),
    patch: (ref: { name: string }, _type: string, _patch: unknown, o: unknown) =>
      answer(`patch ${ref.name}`, thing(ref.name, { patched: true }), o),
    delete: (ref: { name: string }, o: unknown) => answer(`delete ${ref.name}`, thing(ref.name), o),
    list: () => Promise.resolve({ metadata: {}, items: [] }),
  } as unknown as ApiClient;
  return { client, calls, options };
}

async function carriedOut(given: Plan, fails?: (call: string) => Error | undefined) {
  const told: string[] = [];
  const { client, calls, options } = clientThat(fails);
  const recorder = {
    record: (event: { reason: string; message: string }) => void told.push(`${event.reason}: ${event.message}`),
  };
  const executor = new PlanExecutor(
    client,
    recorder,
    { component: 'thing-controller', actAs: 'sa' },
    new OwnWrites(() => undefined),
  );
  const object = thing('owner', { status: { ready: 1 } });
  const error = await executor
    .carryOut(given, {
      key: 'shop/owner',
      type: things,
      object,
      cause: 'RESOURCES/5',
      signal: new AbortController().signal,
    })
    .then(
      () => undefined,
      (fault: Error) => fault.message,
    );
  return { calls, options, told, error };
}

const notices = {
  done: { type: 'Normal', reason: 'Made', message: 'made {name}' },
  failed: { type: 'Warning', reason: 'NotMade', message: '{name}: {error}' },
} as const;
const quota = new StatusError(403, 'Forbidden', 'over quota');

describe('PlanExecutor', () => {
  it('names the cause and who acts on every write', async () => {
    const { calls, options } = await carriedOut(
      plan(create(things, thing('a')), remove(things, thing('b')), setStatus({ ready: 2 })),
    );
    expect(calls).toEqual(['create a', 'delete b', 'update owner/status']);
    for (const given of options) expect(given).toMatchObject({ cause: 'RESOURCES/5', actAs: 'sa' });
    expect(options[1]).toMatchObject({ uid: 'uid-b' });
  });

  it('writes a status only if it differs', async () => {
    expect((await carriedOut(setStatus({ ready: 1, missing: undefined }))).calls).toEqual([]);
  });

  it('writes annotations with the status', async () => {
    expect((await carriedOut(setStatus({ ready: 1 }, { annotations: { revision: '2' } }))).calls).toEqual([
      'update owner/status',
    ]);
  });

  it('tells of what was done and of what failed', async () => {
    const { told } = await carriedOut(
      plan(create(things, thing('a'), notices), tell({ type: 'Normal', reason: 'Hi', message: 'there' })),
    );
    expect(told).toEqual(['Made: made a', 'Hi: there']);
    const failed = await carriedOut(create1('a'), () => quota);
    expect(failed.told).toEqual(['NotMade: a: over quota']);
  });

  const create1 = (...names: string[]): Plan => plan(...names.map((name) => create(things, thing(name), notices)));

  it('stops at a failure, and writes the status that tells of it', async () => {
    const given = plan(
      create1('a', 'b', 'c', 'd'),
      remove(things, thing('x')),
      setStatus({ ready: 1 }, { ifFailed: ({ message }) => ({ failure: message }) }),
    );
    const { calls, error } = await carriedOut(given, (call) => (call === 'create a' ? quota : undefined));
    expect(calls).toEqual(['create a', 'update owner/status']);
    expect(error).toBe('over quota');
  });

  const moot: [string, Plan, Error][] = [
    ['deleting what is gone', plan(remove(things, thing('a'))), new StatusError(404, 'NotFound', 'gone')],
    ['patching what is gone', plan(patch(things, thing('a'), 'merge', {})), new StatusError(404, 'NotFound', 'gone')],
    [
      'deleting what has been replaced',
      plan(remove(things, thing('a'))),
      new StatusError(409, 'Conflict', 'the UID in the precondition (a) does not match'),
    ],
    [
      'creating in a namespace that goes away',
      create1('a'),
      new StatusError(403, 'Forbidden', 'terminating', { causes: [{ reason: 'NamespaceTerminating' }] }),
    ],
  ];
  test.each(moot)('takes %s for done', async (_, given, fault) => {
    const { error, told } = await carriedOut(given, () => fault);
    expect([error, told]).toEqual([undefined, []]);
  });

  it('tries one create before it tries more, and deletes side by side', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const { calls } = await carriedOut(create1(...names), () => quota);
    expect(calls).toEqual(['create a']);
    const deletes = await carriedOut(plan(...names.map((name) => remove(things, thing(name)))), () => quota);
    expect(deletes.calls).toHaveLength(4);
  });
});
