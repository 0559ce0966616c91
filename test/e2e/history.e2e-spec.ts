import { eventually, testCluster } from './cluster.js';

const { kubectl, shiplog } = testCluster();
const ns = `history-${Date.now().toString(36)}`;
const inNs = (...args: string[]): Promise<string> => kubectl('-n', ns, ...args);
const version = (): Promise<string> => inNs('get', 'cm', 'c', '-o', 'jsonpath={.metadata.resourceVersion}');

jest.setTimeout(120_000);
beforeAll(() => kubectl('create', 'namespace', ns));
afterAll(() => kubectl.outcome(['delete', 'namespace', ns, '--wait=false']));

it('shows an object as it was, by the ordinary API', async () => {
  await inNs('create', 'configmap', 'c', '--from-literal=k=first');
  const first = await version();
  await inNs('patch', 'cm', 'c', '-p', '{"data":{"k":"second"}}');
  await inNs('delete', 'cm', 'c');
  const past = await eventually(20, () =>
    kubectl('get', '--raw', `/as-of/${first}/api/v1/namespaces/${ns}/configmaps/c`),
  );
  expect((JSON.parse(past) as { data: object }).data).toEqual({ k: 'first' });
  const list = await kubectl(
    'get',
    '--raw',
    `/api/v1/namespaces/${ns}/configmaps?resourceVersion=${first}&resourceVersionMatch=Exact`,
  );
  expect(
    (JSON.parse(list) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name),
  ).toContain('c');
});

it('lists every revision of an object with who made it', async () => {
  const history = await eventually(20, async () => {
    const text = await shiplog('history', 'configmap/c', '-n', ns);
    return text.split('\n').length >= 4 && text;
  });
  expect(history).toMatch(/created/);
  expect(history).toMatch(/data\.k first → second/);
  expect(history).toMatch(/deleted/);
  expect(history).toMatch(/shiplog-admin/);
});

it('traces a pod back to the command of a person', async () => {
  await inNs('create', 'deployment', 'app', '--image=shiplog.local/hello:1');
  await inNs('rollout', 'status', 'deployment/app', '--timeout=60s');
  const pod = (await inNs('get', 'pods', '-l', 'app=app', '-o', 'name')).trim().replace('pod/', '');
  const chain = await eventually(20, async () => {
    const text = await shiplog('why', `pod/${pod}`, '-n', ns);
    return text.includes('shiplog-admin') && text;
  });
  expect(chain).toMatch(/deployments?/i);
  expect(chain).toMatch(/replicasets?/i);
});

it('finds every projection equal to the log', async () => {
  const streams = JSON.parse(await shiplog('verify', '-o', 'json')) as {
    stream: string;
    events: number;
    differences: unknown[];
  }[];
  expect(streams.map(({ stream, differences }) => ({ stream, differences }))).toEqual(
    ['RESOURCES', 'EVENTS'].map((stream) => ({ stream, differences: [] })),
  );
  expect(streams[0]?.events).toBeGreaterThan(100);
});
