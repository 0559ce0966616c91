import { clusterAt } from '../cluster/cluster.js';
import type { ClusterSettings } from '../cluster/cluster-settings.js';
import { clusterProcesses } from './processes.js';
import { startOrder } from './start-order.js';

const settings: ClusterSettings = {
  ...{ name: 'shiplog', runtime: 'hollow', nodes: 2, apiPort: 6443, networkIndex: 0, writesKubeconfig: false },
  ...{ natsPort: 20_001, postgresPort: 20_002, postgresPassword: 'p' },
  natsPasswords: { 'api-gateway': 'a', projector: 'b', scheduler: 'c', 'controller-manager': 'd' },
  healthPorts: { 'api-gateway': 20_010, 'node-agent-node-1': 20_011 },
  servingPorts: { 'node-1': 20_021, 'node-2': 20_022 },
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
      ['projector', 'scheduler', 'controller-manager', 'node-agent-node-1', 'node-agent-node-2'],
    ]);
  });

  it('starts no PostgreSQL beside one of the user’s own', () => {
    const databaseUrl = 'postgres://me@db/shiplog';
    expect(named('postgres', { databaseUrl })).toBeUndefined();
    expect(named('projector', { databaseUrl })?.env['DATABASE_URL']).toBe(databaseUrl);
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
    expect(named('node-agent-node-1')?.env).not.toHaveProperty('SHIPLOG_NATS_URL');
  });

  it('tells hollow nodes apart by their ports', () => {
    expect(['node-1', 'node-2'].map((node) => named(`node-agent-${node}`)?.env['SHIPLOG_SERVING_PORT'])).toEqual([
      '20021',
      '20022',
    ]);
  });
});
