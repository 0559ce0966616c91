import { serializeObject, type KubeObject, type ResourceEvent } from '@shiplog/domain';
import { CachedObject } from './cached-object.js';
import { PackedBytes } from './packed-bytes.js';

const selectable = {
  'spec.nodeName': ({ spec }: KubeObject) => (spec as { nodeName?: string }).nodeName ?? '',
  'spec.schedulerName': ({ spec }: KubeObject) => (spec as { schedulerName?: string }).schedulerName ?? '',
  'status.podIP': ({ status }: KubeObject) => (status as { podIP?: string } | undefined)?.podIP ?? '',
};

function event(name: string, podIP: string, more: Partial<ResourceEvent> = {}): ResourceEvent {
  const key = { stream: 'RESOURCES', group: '', plural: 'pods', namespace: 'team', name } as const;
  const metadata = { name, namespace: 'team', labels: { app: 'web' } };
  const spec = { nodeName: 'n1', schedulerName: 's' };
  const body = serializeObject({ apiVersion: 'v1', kind: 'Pod', metadata, spec, status: { podIP } });
  return { type: 'created', key, body, revision: 7n, context: {} as ResourceEvent['context'], ...more };
}

const packed = new PackedBytes();
const [one, other] = ['one', 'other'].map((name, i) =>
  CachedObject.packed(event(name, `10.0.0.${i}`), selectable, packed),
);

test.each([
  ['metadata.name', 'one'],
  ['metadata.namespace', 'team'],
  ['spec.nodeName', 'n1'],
  ['spec.schedulerName', 's'],
  ['status.podIP', '10.0.0.0'],
  ['status.phase', ''],
])('%s is %j', (path, value) => expect(one?.field(path)).toBe(value));

test('a field of which each object has another is read from its bytes', () => {
  one?.release();
  const parse = jest.spyOn(JSON, 'parse');
  one?.field('spec.schedulerName');
  const without = parse.mock.calls.length;
  expect(one?.field('status.podIP')).toBe('10.0.0.0');
  const calls = parse.mock.calls.length;
  parse.mockRestore();
  expect([without, calls]).toEqual([0, 1]);
});

test('what objects have in common they share', () => {
  expect(one?.labels).toBe(other?.labels);
  expect(Reflect.get(one ?? {}, 'values')).toBe(Reflect.get(other ?? {}, 'values'));
});

test.each<[ResourceEvent['type'], boolean, boolean]>([
  ['created', true, false],
  ['updated', false, false],
  ['deleted', false, true],
])('one that was %s', (type, created, deleted) => {
  const object = CachedObject.of(event('x', '', { type, revision: 9_007_199_254_740_991n }), selectable);
  expect(object).toMatchObject({ key: 'team/x', name: 'x', namespace: 'team', created, deleted });
  expect([object.revision, object.isBy(9_007_199_254_740_990n), object.isBy(object.revision)]).toEqual([
    9_007_199_254_740_991n,
    false,
    true,
  ]);
});

test('one in the cluster’s scope has its name as key behind a slash', () => {
  const key = { ...event('n1', '').key, namespace: '' };
  expect(CachedObject.of(event('n1', '', { key }), {})).toMatchObject({ key: '/n1', name: 'n1', nodeName: undefined });
});
