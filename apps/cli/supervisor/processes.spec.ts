import { availableParallelism } from 'node:os';
import { clusterAt } from '../cluster/cluster.js';
import type { ClusterSettings } from '../cluster/cluster-settings.js';
import { clusterProcesses } from './processes.js';
import { startOrder } from './start-order.js';

const settings: ClusterSettings = {
  ...{ name: 'shiplog', runtime: 'hollow', nodes: 2, apiPort: 6443, networkIndex: 0, writesKubeconfig: false },
  ...{ natsPort: 20_001, postgresPort: 20_002, postgresPassword: 'p' },
  natsPasswords: { 'api-gateway': 'a', projector: 'b', scheduler: 'c', 'controller-manager': 'd' },
  healthPorts: { 'api-gateway': 20_010, 'node-agent-hollow-1': 20_011 },
  servingPorts: { 'hollow-1': 20_021 },
};
const programs = {
  path: (name: string) => `/bin/${name}`,
  natsServer: () => '/bin/nats-server',
  postgresFolder: () => '/pg',
};
const processesOf = (change: Partial<ClusterSettings> = {}) =>
  clusterProcesses(clusterAt('/data', { ...settings, ...change }), programs);
const named = (name: string, change: Partial<ClusterSettings> = {}) =>
  processesOf(change).find((each) => each.name === name);

describe('clusterProcesses', () => {
  it('is every process of the cluster, each after what it needs', () => {
    const groups = startOrder(processesOf()).map((group) => group.map(({ name }) => name));
    expect(groups).toEqual([
      ['nats-server', 'postgres'],
      ['api-gateway'],
      ['projector', 'scheduler', 'controller-manager', 'node-agent-hollow-1'],
    ]);
  });

  it('leaves half of the cores to those who use the log', () =>
    expect(named('nats-server')?.env['GOMAXPROCS']).toBe(String(Math.max(1, Math.floor(availableParallelism() / 2)))));

  it('starts no PostgreSQL beside one of the user’s own', () => {
    const databaseUrl = 'postgres://me@db/shiplog';
    expect(named('postgres', { databaseUrl })).toBeUndefined();
    expect(named('projector', { databaseUrl })?.env['DATABASE_URL']).toBe(databaseUrl);
  });

  it('sets of V8 what was measured, and leaves the rest to it', () => {
    const flags = ['api-gateway', 'projector', 'scheduler'].map((name) => named(name)?.args.slice(0, -1));
    const code = [
      '--no-flush-bytecode',
      '--invocation-count-for-maglev=100',
      '--invocation-count-for-turbofan=600',
      '--minimum-invocations-after-ic-update=100',
    ];
    expect(flags).toEqual([
      ['--max-semi-space-size=32', '--min-semi-space-size=32', '--heap-growing-percent=200', ...code],
      ['--max-semi-space-size=8', ...code],
      [],
    ]);
  });

  it('leaves out what this start is to be without', () => {
    const names = processesOf({ without: ['scheduler', 'controller-manager'] }).map(({ name }) => name);
    expect(names.filter((name) => !name.startsWith('node-agent'))).toEqual([
      'nats-server',
      'postgres',
      'api-gateway',
      'projector',
    ]);
  });

  it('gives each component its own NATS user and nobody else’s password', () => {
    const { env } = named('scheduler') ?? { env: {} };
    expect(env).toMatchObject({ SHIPLOG_NATS_USER: 'scheduler', SHIPLOG_NATS_PASSWORD: 'c' });
    expect(named('node-agent-hollow-1')?.env).not.toHaveProperty('SHIPLOG_NATS_URL');
  });

  it('gives each node of real containers its runtime', () => {
    const groups = startOrder(processesOf({ runtime: 'cri' })).map((group) => group.map(({ name }) => name));
    expect(groups[0]).toEqual(['nats-server', 'postgres', 'containerd-node-1', 'containerd-node-2']);
    expect(groups[2]).toEqual(expect.arrayContaining(['node-agent-node-1', 'node-agent-node-2']));
  });

  it('runs many hollow nodes in one process', () => {
    const hosts = processesOf({ nodes: 5_001 }).filter(({ role }) => role === 'node-agent');
    expect(
      hosts.map(({ env }) => [env['SHIPLOG_HOLLOW_NODES'], env['SHIPLOG_NODE_IP'], env['SHIPLOG_POD_CIDR']]),
    ).toEqual([
      ['node-1..node-2500', '127.64.0.1', '100.64.0.0/24'],
      ['node-2501..node-5000', '127.64.9.197', '100.73.196.0/24'],
      ['node-5001', '127.64.19.137', '100.83.136.0/24'],
    ]);
  });
});
