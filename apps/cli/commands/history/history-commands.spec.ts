import { StatusError, type ToldChange } from '@shiplog/domain';
import { diff } from '../diff.command.js';
import { history } from '../history.command.js';
import { replay } from '../replay.command.js';
import { restore } from '../restore.command.js';
import { why } from '../why.command.js';
import type { PastClient } from './api-access.js';
import { changedFields, summaryOf } from './changed-fields.js';
import { kindNamed, pathOfKind, type ServedKind } from './find-object.js';
import { diffLines, unified } from './line-diff.js';
import { pastContextName, withPastContext } from './past-context.js';

const kind = (over: Partial<ServedKind>): ServedKind => ({
  ...{ group: '', version: 'v1', name: 'pods', singularName: 'pod', kind: 'Pod', namespaced: true, shortNames: ['po'] },
  ...over,
});
const deployments = kind({
  group: 'apps',
  name: 'deployments',
  singularName: 'deployment',
  kind: 'Deployment',
  shortNames: ['deploy'],
});
const nodes = kind({ name: 'nodes', singularName: 'node', kind: 'Node', namespaced: false, shortNames: ['no'] });
const kinds = [kind({}), deployments, nodes, kind({ group: 'metrics.k8s.io', version: 'v1beta1' })];

const change = (over: Partial<ToldChange>): ToldChange => ({
  ...{
    id: 'RESOURCES/7',
    resourceVersion: '7',
    type: 'updated',
    change: 'spec',
    time: '2030-01-02T03:04:05.678Z',
    verb: 'patch',
  },
  ...{
    object: { group: 'apps', resource: 'deployments', namespace: 'default', name: 'web' },
    user: 'jane',
    correlationId: 'c',
  },
  userAgent: 'kubectl/v1.36.0 (linux/amd64)',
  ...over,
});

const written: { method: string; path: string; body: unknown }[] = [];

/** Answers by path, and says what it was asked. */
function clientOf(
  answers: Readonly<Record<string, unknown>>,
  streams: Readonly<Record<string, unknown[]>> = {},
): PastClient {
  const discovery = {
    '/apis': { groups: [{ name: 'apps', preferredVersion: { version: 'v1' } }] },
    '/api/v1': { groupVersion: 'v1', resources: [kind({}), nodes] },
    '/apis/apps/v1': { groupVersion: 'apps/v1', resources: [deployments] },
  };
  const all: Readonly<Record<string, unknown>> = { ...discovery, ...answers };
  return {
    namespace: 'default',
    read: <T>(path: string): Promise<T> =>
      path in all
        ? Promise.resolve(all[path] as T)
        : Promise.reject(new StatusError(404, 'NotFound', `asked for ${path}`)),
    write: (method, path, body) => {
      written.push({ method, path, body });
      return Promise.resolve();
    },
    async *lines(path) {
      if (!streams[path]) throw new Error(`asked for ${path}`);
      yield* streams[path].map((line) => JSON.stringify(line));
    },
  };
}

describe('a kind is found by', () => {
  test.each([
    ['pods', ''],
    ['po', ''],
    ['Deployment', 'apps'],
    ['deployments.apps', 'apps'],
    ['pods.metrics.k8s.io', 'metrics.k8s.io'],
  ])('%s', (word, group) => expect(kindNamed(kinds, word).group).toBe(group));

  it('its path', () => {
    expect(pathOfKind(deployments, 'a', 'web')).toBe('/apis/apps/v1/namespaces/a/deployments/web');
    expect(pathOfKind(nodes, 'a', 'n1')).toBe('/api/v1/nodes/n1');
    expect(pathOfKind(kind({}), '')).toBe('/api/v1/pods');
  });

  it('nothing, if it is none', () => expect(() => kindNamed(kinds, 'ships')).toThrow('no resource "ships"'));
});

describe('changed fields', () => {
  test.each([
    [{ spec: { replicas: 3 } }, { spec: { replicas: 5 } }, 'spec.replicas 3 → 5'],
    [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, 'a[0].b 1 → 2'],
    [{ a: [1] }, { a: [1, 2] }, 'a [1] → [1,2]'],
    [{}, { metadata: { labels: { x: 'y' } } }, 'metadata ∅ → {"labels":{"x":"y"}}'],
    [{ metadata: { generation: 1, managedFields: [] } }, { metadata: { generation: 2, managedFields: [1] } }, ''],
    [{ a: 1, b: 1, c: 1, d: 1 }, { a: 2, b: 2, c: 2, d: 2 }, 'a 1 → 2, b 1 → 2, c 1 → 2, and 1 more'],
  ])('%j to %j', (before, after, expected) => expect(summaryOf(changedFields(before, after))).toBe(expected));
});

describe('line diff', () => {
  const signs = (before: string, after: string): string =>
    diffLines([...before], [...after])
      .map(({ sign, text }) => sign + text)
      .join('');
  test.each([
    ['abc', 'abc', ' a b c'],
    ['abc', 'axc', ' a-b+x c'],
    ['', 'a', '+a'],
    ['ab', '', '-a-b'],
  ])('%j to %j', (before, after, expected) => expect(signs(before, after)).toBe(expected));

  it('shows hunks with their lines around', () => {
    const before = Array.from({ length: 20 }, (_, i) => String(i));
    const after = before.with(10, 'x');
    expect(unified(diffLines(before, after), 1)).toEqual(['@@ -10 +10 @@', ' 9', '-10', '+x', ' 11']);
    expect(unified(diffLines(before, before))).toEqual([]);
  });
});

const path = '/apis/apps/v1/namespaces/default/deployments/web';
const webObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {} };
const versions = [
  change({ content: { ...webObject, spec: { replicas: 5 } } }),
  change({
    id: 'RESOURCES/3',
    resourceVersion: '3',
    type: 'created',
    verb: 'create',
    content: { ...webObject, spec: { replicas: 3 } },
  }),
];

describe('shiplog history', () => {
  const client = clientOf({ [`/shiplog/v1/history${path}?limit=21&content=true`]: { items: versions } });
  it('tells who changed what', async () => {
    expect((await history(client, ['deploy/web'], {})).split('\n').map((line) => line.trim().split(/ {3,}/))).toEqual([
      ['REVISION', 'TIME', 'WHO', 'WITH', 'HOW', 'WHAT'],
      ['7', '2030-01-02 03:04:05.678', 'jane', 'kubectl', 'patch', 'spec.replicas 3 → 5'],
      ['3', '2030-01-02 03:04:05.678', 'jane', 'kubectl', 'create', 'created'],
    ]);
  });
  it('wants one object', () => expect(history(client, ['deploy'], {})).rejects.toThrow('KIND/NAME'));
});

describe('shiplog diff', () => {
  it('shows the last change when no moment is given', async () => {
    const client = clientOf({ [`/shiplog/v1/history${path}?limit=2&content=true`]: { items: versions } });
    expect(await diff(client, ['deploy', 'web'], {})).toEqual(
      expect.arrayContaining(['--- RESOURCES/3', '+++ RESOURCES/7', '-  replicas: 3', '+  replicas: 5']),
    );
  });
  it('compares moments, one of which it may not have existed at', async () => {
    const client = clientOf({ [`/as-of/now${path}`]: { metadata: {}, spec: { replicas: 5 } } });
    expect(await diff(client, ['deploy/web'], { from: '2m' })).toContain('+  replicas: 5');
    await expect(diff(client, ['deploy/web'], { from: '2m', to: '1m' })).rejects.toThrow('existed neither');
  });
});

describe('shiplog why', () => {
  it('prints the first cause first', async () => {
    const steps = [
      change({ verb: 'create' }),
      change({
        id: 'RESOURCES/8',
        user: 'system:serviceaccount:kube-system:deployment-controller',
        verb: 'create',
        userAgent: 'kcm/v1',
        object: { group: 'apps', resource: 'replicasets', namespace: 'default', name: 'web-1' },
      }),
      { id: 'RESOURCES/9', withheld: true },
    ];
    const client = clientOf({ [`/shiplog/v1/why${path}`]: { complete: true, steps } });
    expect(await why(client, ['deploy/web'], {})).toBe(
      [
        '2030-01-02 03:04:05.678  jane create deployments.apps/web in default  (kubectl, RESOURCES/7)',
        '└ 2030-01-02 03:04:05.678  deployment-controller create replicasets.apps/web-1 in default  (kcm, RESOURCES/8)',
        ' └ RESOURCES/9: you may not see this object',
      ].join('\n'),
    );
  });
});

describe('shiplog restore', () => {
  const past = {
    kind: 'Deployment',
    metadata: { name: 'web', uid: 'old', resourceVersion: '3', labels: { a: 'b' } },
    spec: { replicas: 3 },
    status: {},
  };
  const labels = { a: 'b' };
  beforeEach(() => written.splice(0));

  it('writes the past state over the present one', async () => {
    const client = clientOf({
      [`/as-of/5m${path}`]: past,
      [path]: { metadata: { name: 'web', uid: 'u', resourceVersion: '9' } },
    });
    expect(await restore(client, ['deploy/web'], { asOf: '5m' })).toContain(
      'is again what it was as of 5m (revision 3)',
    );
    const metadata = { name: 'web', labels, uid: 'u', resourceVersion: '9' };
    const body = { kind: 'Deployment', metadata, spec: { replicas: 3 } };
    expect(written).toEqual([{ method: 'PUT', path: `${path}?fieldManager=shiplog-restore`, body }]);
  });

  it('creates again what is gone', async () => {
    await restore(clientOf({ [`/as-of/5m${path}`]: past }), ['deploy/web'], { asOf: '5m', dryRun: true });
    expect(written).toEqual([
      {
        method: 'POST',
        path: '/apis/apps/v1/namespaces/default/deployments?fieldManager=shiplog-restore&dryRun=All',
        body: { kind: 'Deployment', metadata: { name: 'web', labels }, spec: { replicas: 3 } },
      },
    ]);
  });

  it('cannot restore what never was', () =>
    expect(restore(clientOf({}), ['deploy/web'], { asOf: '5m' })).rejects.toThrow('did not exist as of 5m'));
});

describe('shiplog replay', () => {
  it('shows the changes of one stretch, of every kind', async () => {
    const event = {
      type: 'ADDED',
      object: { metadata: { name: 'p', namespace: 'default', resourceVersion: '5' }, status: { phase: 'Pending' } },
    };
    const client = clientOf(
      { '/shiplog/v1/revisions?at=2m': { RESOURCES: '4' }, '/shiplog/v1/revisions?at=now': { RESOURCES: '9' } },
      {
        '/as-of/4..9@10x/api/v1/namespaces/default/pods?watch=1&ends=true&resourceVersion=4': [event],
        '/as-of/4..9@10x/api/v1/nodes?watch=1&ends=true&resourceVersion=4': [],
      },
    );
    const lines: string[] = [];
    await replay(client, { from: '2m', kinds: 'pods,nodes' }, (line) => lines.push(line), new AbortController().signal);
    expect(lines).toEqual(['       5  ADDED     pod default/p Pending']);
  });
});

describe('a context of the past', () => {
  const kubeconfig = [
    '# mine',
    'current-context: shiplog',
    'clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: Q0E=}}]',
    'users: [{name: u, user: {token: t}}]',
    'contexts: [{name: shiplog, context: {cluster: c, user: u, namespace: n}}]',
  ].join('\n');

  it('leads to the same server, as the same user', () => {
    const { text, name } = withPastContext(kubeconfig, '2m', { use: true });
    expect(name).toBe('shiplog@2m-ago');
    expect(text).toContain('# mine');
    expect(text).toContain('https://127.0.0.1:6443/as-of/2m');
    expect(text).toMatch(/name: shiplog@2m-ago, context: \{ cluster: shiplog@2m-ago, user: u, namespace: n \}/);
    expect(text).toContain('current-context: shiplog@2m-ago');
  });

  it('is renewed, not doubled, and never of a past', () => {
    const once = withPastContext(kubeconfig, '2m', { use: true }).text;
    expect(withPastContext(once, '2m', { of: 'shiplog', use: true }).text).toBe(once);
    expect(withPastContext(once, '10', { use: false }).text).toContain('6443/as-of/10');
  });

  test.each([
    ['4711', 'a@4711'],
    ['1h30m', 'a@1h30m-ago'],
    ['2030-01-02T03:04:05Z', 'a@2030-01-02T03:04:05Z'],
  ])('of %s is called %s', (moment, name) => expect(pastContextName('a', moment)).toBe(name));

  it('says what is missing', () =>
    expect(() => withPastContext(kubeconfig, '2m', { of: 'x', use: false })).toThrow('no context "x"'));
});
