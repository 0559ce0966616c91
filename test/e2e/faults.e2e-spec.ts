import { createInterface } from 'node:readline';
import { apiOf } from './api.js';
import { eventually, testCluster } from './cluster.js';

interface Process {
  readonly role: string;
  readonly node?: string;
  readonly pid: number;
  readonly health: string;
}
interface ConfigMap {
  metadata: { name: string; resourceVersion: string };
  data?: Record<string, string>;
}

const { home, kubectl, shiplog } = testCluster();
const api = apiOf(home);
const ns = `faults-${Date.now().toString(36)}`;
const maps = `/api/v1/namespaces/${ns}/configmaps`;
const writers = 4;
const killed = ['api-gateway', 'nats-server', 'postgres', 'projector', 'scheduler', 'controller-manager', 'node-agent'];

jest.setTimeout(300_000);
beforeAll(() => kubectl('create', 'namespace', ns));
afterAll(() => kubectl.outcome(['delete', 'namespace', ns, '--wait=false']));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const processes = async (): Promise<Process[]> =>
  (JSON.parse(await shiplog('status', '-o', 'json')) as { processes: Process[] }).processes;
const find = async (role: string): Promise<Process | undefined> =>
  (await processes()).find((process) => process.role === role);

/** What a write that was acknowledged promised: this revision of this object exists. */
const acknowledged = new Map<string, string>();
const content = new Map<string, string>();

/** Writes one object after another until told to stop. A write that got no answer is asked for again until it is known what became of it. */
async function write(writer: number, stopped: () => boolean): Promise<void> {
  for (let i = 0; !stopped(); i++) {
    const name = `w${writer}-${i}`;
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { n: String(i) } });
    for (;;) {
      try {
        const { code, text } = await api.send('POST', maps, body);
        if (code === 201) {
          acknowledged.set(name, (JSON.parse(text) as ConfigMap).metadata.resourceVersion);
          content.set(name, String(i));
          break;
        }
        if (code === 409) {
          content.set(name, String(i));
          break;
        }
      } catch {
        // Not answered: the next attempt tells whether it happened.
      }
      await pause(50);
    }
    await pause(10);
  }
}

/** Follows the namespace through every interruption, from the last revision it saw, as a client does. */
async function watch(seen: { type: string; name: string; version: string }[], signal: AbortSignal): Promise<string[]> {
  let version = '';
  const refusals: string[] = [];
  while (!signal.aborted) {
    try {
      if (version === '')
        version = (JSON.parse((await api.send('GET', maps)).text) as { metadata: { resourceVersion: string } }).metadata
          .resourceVersion;
      const response = await api.open(`${maps}?watch=true&resourceVersion=${version}`, signal);
      if (response.statusCode !== 200) {
        if (response.statusCode === 410) refusals.push('410');
        response.resume();
        await pause(100);
        continue;
      }
      for await (const line of createInterface({ input: response })) {
        const { type, object } = JSON.parse(line) as { type: string; object: ConfigMap & { code?: number } };
        if (type === 'ERROR') {
          refusals.push(String(object.code));
          break;
        }
        version = object.metadata.resourceVersion;
        seen.push({ type, name: object.metadata.name, version });
      }
    } catch {
      await pause(100);
    }
  }
  return refusals;
}

async function killAndAwait(role: string): Promise<void> {
  const before = await eventually(60, () => find(role));
  process.kill(before.pid, 'SIGKILL');
  await eventually(90, async () => {
    const now = await find(role);
    return now !== undefined && now.pid !== before.pid && now.health === 'healthy';
  });
}

it('loses and doubles no acknowledged write when each process is killed in turn, and no watch misses or repeats an event', async () => {
  const seen: { type: string; name: string; version: string }[] = [];
  const watching = new AbortController();
  const watched = watch(seen, watching.signal);
  await pause(500);
  let stopped = false;
  const writing = Array.from({ length: writers }, (_, writer) => write(writer, () => stopped));
  for (const role of killed) {
    await pause(1_500);
    await killAndAwait(role);
  }
  await pause(1_500);
  stopped = true;
  await Promise.all(writing);

  const list = JSON.parse((await api.send('GET', maps)).text) as { items: ConfigMap[] };
  const stored = new Map(list.items.map((map) => [map.metadata.name, map]));
  await eventually(30, () => Promise.resolve(seen.filter(({ name }) => content.has(name)).length >= content.size));
  watching.abort();

  const lost = [...acknowledged].filter(([name, version]) => stored.get(name)?.metadata.resourceVersion !== version);
  const wrong = [...content].filter(([name, n]) => stored.get(name)?.data?.['n'] !== n);
  const added = new Map<string, number>();
  for (const { type, name } of seen) if (type === 'ADDED') added.set(name, (added.get(name) ?? 0) + 1);
  const missed = [...content.keys()].filter((name) => !added.has(name));
  const repeated = [...added].filter(([, times]) => times > 1);
  const versions = seen.map(({ version }) => BigInt(version));
  const backwards = versions.filter((version, i) => i > 0 && version <= (versions[i - 1] ?? 0n));

  expect({ lost, wrong, missed, repeated, backwards, refusals: await watched }).toEqual({
    lost: [],
    wrong: [],
    missed: [],
    repeated: [],
    backwards: [],
    refusals: [],
  });
  expect(acknowledged.size).toBeGreaterThan(200);
});

it('keeps every projection equal to the log through that', async () => {
  await eventually(60, async () => {
    const streams = JSON.parse(await shiplog('verify', '-o', 'json')) as { differences: unknown[] }[];
    return streams.every(({ differences }) => differences.length === 0);
  });
});

it('keeps containers running when the node-agent is killed', async () => {
  const name = 'survivor';
  await kubectl('-n', ns, 'run', name, '--image=shiplog.local/hello:1');
  await kubectl('-n', ns, 'wait', `pod/${name}`, '--for=condition=Ready', '--timeout=60s');
  const container = (): Promise<string> =>
    kubectl(
      '-n',
      ns,
      'get',
      'pod',
      name,
      '-o',
      'jsonpath={.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}',
    );
  const before = await container();
  for (const { role, node, pid } of await processes()) if (role === 'node-agent' && node) process.kill(pid, 'SIGKILL');
  await eventually(60, async () =>
    (await processes()).filter(({ role }) => role === 'node-agent').every(({ health }) => health === 'healthy'),
  );
  await pause(3_000);
  expect(await container()).toBe(before);
  expect(await kubectl('-n', ns, 'exec', name, '--', 'echo', 'alive')).toBe('alive\n');
});
