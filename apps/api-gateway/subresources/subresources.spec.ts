import type { KubeObject, Node, ObjectAddress, ObjectReader, Pod, PodDisruptionBudget } from '@shiplog/domain';
import { bound, setCondition } from './binding/bound-pod.js';
import { disruptsNothing, sparesUnhealthy, withDisruption } from './eviction/disruption-budget.js';
import { logParameters } from './log/log-options.js';
import { agentAddress } from './node-connection.js';
import { requestHeaders } from './proxy/forwarded-headers.js';
import { parseProxyName, podLocation, serviceLocation } from './proxy/locations.js';
import { throughProxy } from './proxy/proxy.subresource.js';

const meta = (name: string, fields = {}) => ({ name, namespace: 'a', ...fields });
const thing = (kind: string, name: string, fields: object): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: meta(name),
  ...fields,
});
const objects: Record<string, KubeObject> = {
  'pods/web': thing('Pod', 'web', {
    spec: { containers: [{ name: 'c' }, { name: 'd', ports: [{ containerPort: 8080 }] }] },
    status: { podIP: '10.201.0.5' },
  }),
  'pods/local': thing('Pod', 'local', { spec: {}, status: { podIP: '127.0.0.1' } }),
  'services/s': thing('Service', 's', { spec: { ports: [{ name: 'http', port: 80 }] } }),
  'endpoints/s': thing('Endpoints', 's', {
    subsets: [
      {
        ports: [{ name: 'http', port: 8080 }],
        addresses: [
          { ip: '10.201.0.5', targetRef: { namespace: 'a', name: 'web' } },
          { ip: '10.0.0.1', targetRef: { namespace: 'a', name: 'web' } },
          { ip: '10.201.0.9' },
        ],
      },
    ],
  }),
  'endpoints/empty': thing('Endpoints', 'empty', {}),
};
const read = { get: ({ plural, name }: ObjectAddress) => objects[`${plural}/${name}`] } as unknown as ObjectReader;

test.each([
  ['web', { scheme: 'http', name: 'web', port: '' }],
  ['web:80', { scheme: 'http', name: 'web', port: '80' }],
  ['https:web:', { scheme: 'https', name: 'web', port: '' }],
  ['https:web:x', { scheme: 'https', name: 'web', port: 'x' }],
  [':web:80', { scheme: 'http', name: 'web', port: '80' }],
  ['ftp:web:80', undefined],
  ['a:b:c:d', undefined],
  ['', undefined],
])('the proxy name %j is %j', (name, expected) => expect(parseProxyName(name)).toEqual(expected));

test.each<[string, () => URL, string]>([
  ['a pod at its first port', () => podLocation(read, 'a', 'web'), 'http://10.201.0.5:8080/'],
  ['a pod at a named port', () => podLocation(read, 'a', 'https:web:1'), 'https://10.201.0.5:1/'],
  ["a Service's port by name", () => serviceLocation(read, 'a', 's:http', () => 0), 'http://10.201.0.5:8080/'],
  ["a Service's port by number", () => serviceLocation(read, 'a', 's:80', () => 0.99), 'http://10.201.0.5:8080/'],
])('the proxy reaches %s', (_, locate, url) => expect(locate().href).toBe(url));

test.each<[string, () => URL, number, string]>([
  ['a pod on loopback', () => podLocation(read, 'a', 'local'), 400, 'address not allowed'],
  ['a missing pod', () => podLocation(read, 'a', 'none'), 404, 'pods "none" not found'],
  ['nonsense', () => podLocation(read, 'a', 'x:y:z'), 400, 'invalid pod request "x:y:z"'],
  ['a missing Service', () => serviceLocation(read, 'a', 'none', () => 0), 404, 'services "none" not found'],
  [
    'a port that is none',
    () => serviceLocation(read, 'a', 's:81', () => 0),
    503,
    'no service port 81 found for service "s"',
  ],
  [
    'no endpoints',
    () => serviceLocation(read, 'a', 'empty', () => 0),
    503,
    'no endpoints available for service "empty"',
  ],
])('the proxy refuses %s', (_, locate, code, message) => {
  expect(locate).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }));
});

test.each([
  ['/x?a=b', '/p/x?a=b'],
  ['http://10.0.0.1:80/x', '/p/x'],
  ['https://elsewhere/x', 'https://elsewhere/x'],
  ['x', 'x'],
])('a redirect to %s leads to %s', (location, expected) =>
  expect(throughProxy(location, new URL('http://10.0.0.1:80'), '/p')).toBe(expected),
);

test('a backend does not see the token that a browser sends as a protocol', () => {
  const headers = { 'sec-websocket-protocol': 'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.abc' };
  expect(requestHeaders(headers, new URL('http://b'), true)).toMatchObject({
    'sec-websocket-protocol': 'v5.channel.k8s.io',
  });
});

test.each([
  [
    {
      addresses: [
        { type: 'Hostname', address: 'n1' },
        { type: 'InternalIP', address: '10.0.0.1' },
      ],
    },
    'https://10.0.0.1:10250/',
  ],
  [
    { addresses: [{ type: 'InternalIP', address: 'fd00::1' }], daemonEndpoints: { kubeletEndpoint: { Port: 9 } } },
    'https://[fd00::1]:9/',
  ],
])('the agent of a node with %j is at %s', (status, url) =>
  expect(agentAddress({ ...thing('Node', 'n1', {}), status } as Node).href).toBe(url),
);

test.each([
  ['', ''],
  ['follow=true&tailLines=5&timestamps=1&previous=false', 'follow=true&timestamps=true&tailLines=5'],
  ['sinceTime=2026-01-01T00:00:00Z', 'sinceTime=2026-01-01T00%3A00%3A00Z'],
])('the log options %j become %j', (query, expected) =>
  expect(logParameters(new URLSearchParams(query), 'p').toString()).toBe(expected),
);

test.each([
  ['tailLines=-1', 422],
  ['limitBytes=0', 422],
  ['sinceSeconds=0', 422],
  ['sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z', 422],
  ['stream=Stdout', 422],
  ['stream=', 422],
  ['tailLines=x', 400],
  ['sinceTime=yesterday', 400],
])('the log options %j are refused with %i', (query, code) =>
  expect(() => logParameters(new URLSearchParams(query), 'p')).toThrow(expect.objectContaining({ code })),
);

const now = '2026-01-01T00:00:00Z';

test('a bound pod is scheduled, on its node, and no longer nominated', () => {
  const pod = thing('Pod', 'p', { spec: {}, status: { nominatedNodeName: 'n2' } }) as Pod;
  const binding = {
    ...thing('Binding', 'p', {}),
    metadata: meta('p', { labels: { zone: 'z' } }),
    target: { name: 'n1' },
  };
  expect(bound(pod, binding, now)).toMatchObject({
    metadata: { labels: { zone: 'z' } },
    spec: { nodeName: 'n1' },
    status: { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: now }] },
  });
  expect(pod.status).not.toHaveProperty('nominatedNodeName');
});

test('a condition that stays keeps its time', () => {
  const pod = thing('Pod', 'p', { spec: {} }) as Pod;
  setCondition(pod, { type: 'X', status: 'True' }, 'then');
  setCondition(pod, { type: 'X', status: 'True', reason: 'again' }, 'now');
  expect(pod.status?.conditions).toEqual([{ type: 'X', status: 'True', reason: 'again', lastTransitionTime: 'then' }]);
});

const budget = (status: PodDisruptionBudget['status'], spec = {}): PodDisruptionBudget =>
  ({
    ...thing('PodDisruptionBudget', 'b', {}),
    metadata: meta('b', { generation: 2 }),
    spec,
    status,
  }) as PodDisruptionBudget;

test('an eviction takes one disruption and names its pod', () =>
  expect(withDisruption(budget({ observedGeneration: 2, disruptionsAllowed: 1 }), 'p', now).status).toMatchObject({
    disruptionsAllowed: 0,
    disruptedPods: { p: now },
    conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', lastTransitionTime: now }],
  }));

test('a budget says that nothing more may go only once that is so', () =>
  expect(withDisruption(budget({ observedGeneration: 2, disruptionsAllowed: 2 }), 'p', now).status).not.toHaveProperty(
    'conditions',
  ));

test.each([
  [{ phase: 'Running' }, {}, false],
  [{ phase: 'Pending' }, {}, true],
  [{ phase: 'Succeeded' }, {}, true],
  [{ phase: 'Failed' }, {}, true],
  [{ phase: 'Running' }, { deletionTimestamp: now }, true],
])('a pod that is %j, %j, goes without a budget: %j', (status, metadata, expected) =>
  expect(disruptsNothing({ ...thing('Pod', 'p', { status }), metadata: meta('p', metadata) } as Pod)).toBe(expected),
);

test.each<[string, PodDisruptionBudget['status'], number, string]>([
  [
    'not looked at yet',
    { observedGeneration: 1 },
    429,
    'The disruption budget b is still being processed by the server.',
  ],
  [
    'spent',
    { observedGeneration: 2, disruptionsAllowed: 0, desiredHealthy: 3, currentHealthy: 2 },
    429,
    'The disruption budget b needs 3 healthy pods and has 2 currently',
  ],
  ['broken', { observedGeneration: 2, disruptionsAllowed: -1 }, 403, ''],
])('a budget that is %s refuses', (_, status, code, cause) => {
  const details = cause === '' ? {} : { details: { causes: [{ reason: 'DisruptionBudget', message: cause }] } };
  expect(() => withDisruption(budget(status), 'p', now)).toThrow(
    expect.objectContaining({
      code,
      ...(cause === '' ? {} : { details: expect.objectContaining(details.details) as object }),
    }),
  );
});

test.each([
  [{ unhealthyPodEvictionPolicy: 'AlwaysAllow' }, {}, true],
  [{}, { currentHealthy: 2, desiredHealthy: 2 }, true],
  [{}, { currentHealthy: 1, desiredHealthy: 2 }, false],
  [{}, { currentHealthy: 0, desiredHealthy: 0 }, false],
])('a budget with %j and %j spares an unhealthy pod: %j', (spec, status, spared) =>
  expect(sparesUnhealthy(budget(status, spec))).toBe(spared),
);
