import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@shiplog/component-base';
import { clusterPaths, type ClusterPaths } from '../cluster/cluster-paths.js';
import { freePort } from '../cluster/free-ports.js';
import { runningSupervisor, stopSupervisor } from './control.js';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.js';
import type { ProcessSpec } from './process-spec.js';
import { supervise } from './supervisor.js';
import { readSupervisorState, type ProcessState } from './supervisor-state.js';

/** A process that answers health checks, and writes to its log when it comes and goes. */
const server = (name: string, port: number, ...after: string[]): ProcessSpec => ({
  ...{ name, role: 'projector', after, command: process.execPath, env: {}, stopSignal: 'SIGTERM', graceMs: 2_000 },
  args: [
    '-e',
    `require('http').createServer((q,s)=>s.end()).listen(${port},'127.0.0.1');console.log('came');process.on('SIGTERM',()=>{console.log('went '+Date.now());process.exit()})`,
  ],
  probe: { kind: 'http', port, path: '/' },
});

describe('supervise', () => {
  let paths: ClusterPaths;
  let stop: AbortController;
  let running: Promise<void>;
  let self: ProcessIdentity;
  beforeEach(async () => {
    paths = clusterPaths(await mkdtemp(join(tmpdir(), 'shiplog-supervisor-')));
    await mkdir(paths.log);
    stop = new AbortController();
    self = (await identityOf(process.pid))!;
    const [first, second] = [await freePort(new Set()), await freePort(new Set())];
    const specs = [server('second', second, 'first'), server('first', first)];
    running = supervise(specs, self, paths, createLogger('test'), stop.signal);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await rm(paths.home, { recursive: true });
  });

  const stateOf = async (name: string): Promise<ProcessState | undefined> =>
    (await readSupervisorState(paths))?.processes.find((each) => each.name === name);
  async function until(name: string, holds: (state: ProcessState) => boolean): Promise<ProcessState> {
    for (let waited = 0; waited < 8_000; waited += 50) {
      const state = await stateOf(name);
      if (state && holds(state)) return state;
      await sleep(50);
    }
    throw new Error(`${name} is ${JSON.stringify(await stateOf(name))}`);
  }
  const ready = ({ phase }: ProcessState): boolean => phase === 'ready';

  it('starts each after what it needs, and says who runs', async () => {
    const [second, first] = [await until('second', ready), await until('first', ready)];
    expect(Date.parse(first.startedAt!)).toBeLessThan(Date.parse(second.startedAt!));
    expect((await runningSupervisor(paths))?.supervisor).toEqual(self);
    expect(await isAlive(second.identity!)).toBe(true);
  }, 15_000);

  it('starts again what dies, and says so', async () => {
    const before = await until('first', ready);
    process.kill(before.identity!.pid, 'SIGKILL');
    const after = await until('first', (state) => ready(state) && state.restarts === 1);
    expect(after.identity).not.toEqual(before.identity);
    expect((await readFile(join(paths.log, 'first.log'), 'utf8')).match(/came/g)).toHaveLength(2);
  }, 15_000);

  it('stops what needs others before those', async () => {
    const identities = await Promise.all([until('first', ready), until('second', ready)]);
    stop.abort();
    await running;
    for (const { identity } of identities) expect(await isAlive(identity!)).toBe(false);
    const wentAt = async (name: string): Promise<number> =>
      Number(/went (\d+)/.exec(await readFile(join(paths.log, `${name}.log`), 'utf8'))?.[1]);
    expect(await wentAt('second')).toBeLessThanOrEqual(await wentAt('first'));
  }, 15_000);

  it('takes a pid that now belongs to another process for gone', async () => {
    const { identity } = await until('first', ready);
    expect(await isAlive({ pid: identity!.pid, startTicks: '1' })).toBe(false);
    const elsewhere = clusterPaths(join(paths.home, 'elsewhere'));
    expect(await stopSupervisor(elsewhere)).toBe('nothing');
  }, 15_000);
});
