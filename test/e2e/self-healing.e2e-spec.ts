import { eventually, exampleManifest, testCluster } from './cluster.js';

interface PodList {
  items: {
    metadata: { name: string; uid: string };
    spec: { nodeName: string };
    status: { podIP?: string; containerStatuses?: { restartCount: number; ready: boolean }[] };
  }[];
}

const { kubectl } = testCluster();
const ns = `healing-${Date.now().toString(36)}`;
const inNs = (...args: string[]): Promise<string> => kubectl('-n', ns, ...args);
const pods = async (): Promise<PodList['items']> =>
  (await kubectl.json<PodList>('-n', ns, 'get', 'pods', '-l', 'app=hello')).items;

jest.setTimeout(180_000);
beforeAll(async () => {
  await kubectl('create', 'namespace', ns);
  await kubectl.withInput(exampleManifest().replace(/nodePort: \d+/, ''), '-n', ns, 'apply');
  await inNs('rollout', 'status', 'deployment/hello', '--timeout=90s');
});
afterAll(() => kubectl.outcome(['delete', 'namespace', ns, '--wait=false']));

const serviceUrl = async (): Promise<string> => {
  const [port, node] = await Promise.all([
    inNs('get', 'service', 'hello', '-o', 'jsonpath={.spec.ports[0].nodePort}'),
    kubectl('get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}'),
  ]);
  return `http://${node}:${port}/`;
};

it('answers through its Service from every pod', async () => {
  const url = await serviceUrl();
  const names = new Set<string>();
  await eventually(30, async () => {
    names.add((await (await fetch(url, { headers: { connection: 'close' } })).text()).trim());
    return names.size >= 3;
  });
});

it('replaces a deleted pod', async () => {
  const [victim] = await pods();
  await inNs('delete', 'pod', victim?.metadata.name ?? '', '--wait=false');
  await eventually(60, async () => {
    const now = await pods();
    return (
      now.length === 3 &&
      !now.some(({ metadata }) => metadata.uid === victim?.metadata.uid) &&
      now.every(({ status }) => status.containerStatuses?.[0]?.ready)
    );
  });
});

it('restarts a container that died', async () => {
  const [victim] = await pods();
  const name = victim?.metadata.name ?? '';
  await kubectl.outcome(['-n', ns, 'exec', name, '--', 'kill', '-9', '1']);
  await kubectl.outcome(['-n', ns, 'exec', name, '--', 'kill', '1']);
  await eventually(60, async () => {
    const pod = (await pods()).find(({ metadata }) => metadata.name === name);
    const [container] = pod?.status.containerStatuses ?? [];
    return (container?.restartCount ?? 0) >= 1 && container?.ready;
  });
});

it('keeps answering through a rolling update', async () => {
  const url = await serviceUrl();
  let done = false;
  let failed = 0;
  let sent = 0;
  const load = (async () => {
    while (!done || sent < 1000) {
      sent++;
      try {
        const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5_000) });
        if (!response.ok) failed++;
        await response.text();
      } catch {
        failed++;
      }
    }
  })();
  await inNs('set', 'env', 'deployment/hello', `ROLLED=${Date.now()}`);
  await inNs('rollout', 'status', 'deployment/hello', '--timeout=120s');
  done = true;
  await load;
  expect({ failed }).toEqual({ failed: 0 });
  expect(sent).toBeGreaterThanOrEqual(1000);
});
