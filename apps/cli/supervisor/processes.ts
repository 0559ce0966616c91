import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { nodePaths } from '../cluster/cluster-paths.js';
import { services, type NatsUser } from '../cluster/cluster-settings.js';
import {
  advertiseAddress,
  hollowHostPlans,
  nodePlans,
  type Cluster,
  type HollowHostPlan,
  type NodePlan,
} from '../cluster/cluster.js';
import { imageArchive } from '../local-nodes/local-nodes.js';
import { engineFlags } from './engine-flags.js';
import { natsCommand } from './nats.js';
import { databaseUrl, environment as postgresEnvironment, postgresCommand } from './postgres.js';
import type { ProcessSpec } from './process-spec.js';
import { applicationMain, installedPrograms, searchPath, type Programs } from './programs.js';

/** Where every node answers the cluster's names. */
export const clusterDnsAddress = '10.96.0.10';

const terminate = { stopSignal: 'SIGTERM', graceMs: 10_000 } as const;

/** Every process of a cluster. This list is what `shiplog up` runs; each starts when those in `after` have been ready. */
export function clusterProcesses(cluster: Cluster, programs = installedPrograms): ProcessSpec[] {
  return [
    natsServer(cluster, programs),
    ...(cluster.settings.databaseUrl === undefined ? [postgres(cluster, programs)] : []),
    ...services.filter((name) => !leftOut(cluster, name)).map((name) => service(cluster, name)),
    ...nodePlans(cluster.settings).flatMap((node) => [
      containerd(cluster, programs, node),
      nodeAgent(cluster, programs, node),
    ]),
    ...hollowHostPlans(cluster.settings).map((host) => hollowHost(cluster, host)),
  ];
}

const leftOut = ({ settings }: Cluster, name: NatsUser): boolean =>
  settings.without?.some((each) => each === name) ?? false;

/** An append passes through five goroutines of nats-server: on cores that others want, waking one up elsewhere costs more than it saves (ADR 0111). */
const halfOfTheCores = (): number => Math.max(1, Math.floor(availableParallelism() / 2));

const natsServer = (cluster: Cluster, programs: Programs): ProcessSpec => ({
  ...{ name: 'nats-server', role: 'nats-server', after: [] },
  ...natsCommand(cluster, programs),
  env: { ...systemEnvironment(), GOMAXPROCS: String(halfOfTheCores()) },
  probe: { kind: 'nats', port: cluster.settings.natsPort },
  ...terminate,
});

const postgres = (cluster: Cluster, programs: Programs): ProcessSpec => ({
  ...{ name: 'postgres', role: 'postgres', after: [] },
  ...postgresCommand(cluster, programs),
  env: postgresEnvironment(),
  probe: { kind: 'postgres', url: databaseUrl(cluster) },
  // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients to leave.
  ...{ stopSignal: 'SIGINT', graceMs: 20_000 },
});

function service(cluster: Cluster, name: NatsUser): ProcessSpec {
  const store = cluster.settings.databaseUrl === undefined ? ['nats-server', 'postgres'] : ['nats-server'];
  const healthPort = cluster.settings.healthPorts[name] ?? 0;
  return {
    ...{ name, role: name, after: name === 'api-gateway' ? store : ['api-gateway'] },
    command: process.execPath,
    args: [...engineFlags(name), applicationMain(name)],
    env: {
      ...systemEnvironment(),
      ...commonEnvironment(cluster),
      SHIPLOG_HEALTH_PORT: String(healthPort),
      SHIPLOG_NATS_URL: `nats://${cluster.settings.hosts?.nats ?? '127.0.0.1'}:${cluster.settings.natsPort}`,
      SHIPLOG_NATS_USER: name,
      SHIPLOG_NATS_PASSWORD: cluster.settings.natsPasswords[name],
      SHIPLOG_PKI_FOLDER: cluster.paths.pki,
      DATABASE_URL: databaseUrl(cluster),
      ...(name === 'api-gateway' ? gatewayEnvironment(cluster) : {}),
    },
    probe: { kind: 'http', port: healthPort, path: '/readyz' },
    metricsPort: healthPort,
    ...terminate,
  };
}

const gatewayEnvironment = ({ paths, settings }: Cluster): Record<string, string> => ({
  // Only the gateway opens what is sealed.
  SHIPLOG_KEY_RING_FILE: paths.keyRing,
  SHIPLOG_LISTEN_ADDRESS: '0.0.0.0',
  SHIPLOG_LISTEN_PORT: String(settings.apiPort),
  SHIPLOG_ADVERTISE_ADDRESS: advertiseAddress(settings),
  ...(existsSync(join(paths.home, 'tokens.csv')) ? { SHIPLOG_TOKEN_FILE: join(paths.home, 'tokens.csv') } : {}),
});

function containerd(cluster: Cluster, programs: Programs, node: NodePlan): ProcessSpec {
  const paths = nodePaths(cluster.paths, node.name);
  return {
    ...{ name: `containerd-${node.name}`, role: 'containerd', node: node.name, after: [] },
    ...inNode(cluster, programs, node, programs.path('containerd'), ['--config', paths.containerdConfig]),
    env: systemEnvironment(),
    probe: { kind: 'containerd', socket: paths.containerdSocket },
    onceItAnswers: {
      command: programs.path('ctr'),
      args: [
        ...['--address', paths.containerdSocket, '--namespace', 'k8s.io'],
        ...['images', 'import', cluster.settings.hosts ? paths.images : imageArchive(cluster.paths)],
      ],
    },
    ...terminate,
  };
}

function nodeAgent(cluster: Cluster, programs: Programs, node: NodePlan): ProcessSpec {
  const { settings } = cluster;
  const name = `node-agent-${node.name}`;
  const healthPort = settings.healthPorts[name] ?? 0;
  return {
    ...{ name, role: 'node-agent', node: node.name, after: ['api-gateway', `containerd-${node.name}`] },
    ...inNode(cluster, programs, node, process.execPath, [applicationMain('node-agent')]),
    env: {
      ...agentEnvironment(cluster, node.name, node.servingPort),
      SHIPLOG_NODE_IP: node.address,
      SHIPLOG_POD_CIDR: node.podCidr,
      SHIPLOG_CRI_ENDPOINT: nodePaths(cluster.paths, node.name).containerdSocket,
      SHIPLOG_CLUSTER_DNS: clusterDnsAddress,
    },
    // A node in a network of its own can only be asked at its server; one that shares ours also on its health port.
    probe: settings.hosts
      ? { kind: 'http', port: healthPort, path: '/readyz' }
      : { kind: 'node-agent', address: node.address, port: node.servingPort, pki: cluster.paths.pki },
    ...terminate,
  };
}

function hollowHost(
  cluster: Cluster,
  { name: host, nodes, addresses, firstPodCidr, servingPort }: HollowHostPlan,
): ProcessSpec {
  const name = `node-agent-${host}`;
  const names = nodes.length > 1 ? `${nodes[0]}..${nodes.at(-1)}` : (nodes[0] ?? '');
  return {
    ...{ name, role: 'node-agent', node: names, after: ['api-gateway'] },
    // What thousands of nodes have under way at a time is more than the young generation holds by default, and would be moved to the old one.
    ...{ command: process.execPath, args: ['--max-semi-space-size=64', applicationMain('node-agent')] },
    env: {
      ...agentEnvironment(cluster, host, servingPort),
      SHIPLOG_HOLLOW_NODES: names,
      SHIPLOG_NODE_IP: addresses[0] ?? '',
      SHIPLOG_POD_CIDR: firstPodCidr,
    },
    probe: { kind: 'http', port: cluster.settings.healthPorts[name] ?? 0, path: '/readyz' },
    ...terminate,
  };
}

/** What every node-agent is told, whatever it runs. */
function agentEnvironment(cluster: Cluster, name: string, servingPort: number): Record<string, string> {
  const { settings, paths } = cluster;
  const own = nodePaths(paths, name);
  return {
    ...systemEnvironment(),
    ...commonEnvironment(cluster),
    SHIPLOG_HEALTH_PORT: String(settings.healthPorts[`node-agent-${name}`] ?? 0),
    SHIPLOG_NODE_NAME: name,
    SHIPLOG_RUNTIME: settings.runtime,
    SHIPLOG_KUBECONFIG: own.kubeconfig,
    SHIPLOG_SERVING_PORT: String(servingPort),
    SHIPLOG_PKI_FOLDER: settings.hosts ? own.pki : paths.pki,
    SHIPLOG_ROOT_FOLDER: own.kubelet,
  };
}

/**
 * Runs a command in the node's network, but with the machine's mounts: node-agent and containerd must see each other's. A node that is a
 * container of its own is in its network already.
 */
const inNode = ({ settings }: Cluster, programs: Programs, node: NodePlan, command: string, args: readonly string[]) =>
  settings.hosts
    ? { command, args: [...args] }
    : {
        command: programs.path('nsenter'),
        args: [`--net=/run/netns/${settings.name}-${node.name}`, '--', command, ...args],
      };

const commonEnvironment = ({ paths }: Cluster): Record<string, string> => ({
  NODE_ENV: 'production',
  // glibc keeps what is freed, per arena; with one for each of Node.js' threads a burst would be remembered for ever.
  MALLOC_ARENA_MAX: '2',
  SHIPLOG_HOME: paths.home,
  SHIPLOG_SERVICE_CIDR: '10.96.0.0/16',
  SHIPLOG_NODE_PORT_RANGE: '30000-32767',
  SHIPLOG_CLUSTER_DOMAIN: 'cluster.local',
  SHIPLOG_SERVICE_ACCOUNT_ISSUER: 'https://kubernetes.default.svc.cluster.local',
});

const passedOn = [
  ...['HOME', 'LANG', 'TZ', 'SHIPLOG_LOG_LEVEL', 'NODE_OPTIONS'],
  // How fast the controller-manager has lost nodes cleared of their pods.
  ...['SHIPLOG_NODE_EVICTION_RATE', 'SHIPLOG_SECONDARY_NODE_EVICTION_RATE'],
  ...['SHIPLOG_LARGE_CLUSTER_SIZE_THRESHOLD', 'SHIPLOG_UNHEALTHY_ZONE_THRESHOLD'],
];

/** Processes get what they need by name, not the environment of whoever typed the command. */
const systemEnvironment = (): Record<string, string> => ({
  PATH: searchPath(),
  ...Object.fromEntries(
    passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  ),
});
