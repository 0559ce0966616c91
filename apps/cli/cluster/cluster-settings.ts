import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homeFolder, type ClusterPaths } from './cluster-paths.js';
import { freePort } from './free-ports.js';
import { isMissing, replaceFile } from './write-file.js';

export type RuntimeName = 'cri' | 'hollow';

export const natsUsers = ['api-gateway', 'projector', 'scheduler', 'controller-manager'] as const;
export type NatsUser = (typeof natsUsers)[number];

/** What is decided once for a cluster and remembered: its name, ports, passwords and shape. Lies in cluster.json, mode 0600. */
export interface ClusterSettings {
  /** Prefix of its network namespaces and interfaces, and of its kubeconfig context; at most 9 characters, for Linux allows 15. */
  readonly name: string;
  readonly runtime: RuntimeName;
  readonly nodes: number;
  readonly apiPort: number;
  /** Nodes lie in 10.<200 + 2 × index>.0.0/24, pods in the next 10.x. Clusters on one machine differ in it. */
  readonly networkIndex: number;
  readonly natsPort: number;
  readonly natsPasswords: Readonly<Record<NatsUser, string>>;
  readonly postgresPort: number;
  readonly postgresPassword: string;
  /** A PostgreSQL of the user's own; then none is started. */
  readonly databaseUrl?: string;
  readonly healthPorts: Readonly<Record<string, number>>;
  /** Ports of the processes of hollow nodes, which share the machine's network. */
  readonly servingPorts: Readonly<Record<string, number>>;
  /** Services that this start leaves out; holds until the next `shiplog up`. */
  readonly without?: readonly OptionalService[];
  /** The user's own kubeconfig has a context of this cluster. */
  readonly writesKubeconfig: boolean;
  /** Where its parts find each other, if they are not all on this machine (docker-compose.yml). */
  readonly hosts?: { readonly nats: string; readonly postgres: string; readonly gateway: string };
  /** The example app was put there once; if it is gone, the user has deleted it. */
  readonly exampleApplied?: boolean;
}

/** What the command line may say; what it leaves out stays as remembered, or takes its default. */
export type ClusterChoices = Partial<
  Pick<
    ClusterSettings,
    'name' | 'runtime' | 'nodes' | 'apiPort' | 'networkIndex' | 'databaseUrl' | 'writesKubeconfig' | 'hosts' | 'without'
  >
>;

export const defaultApiPort = 6443;
export const services = ['api-gateway', 'projector', 'scheduler', 'controller-manager'] as const;
/** What the API answers without, and may therefore be left out: to run one's own, or to measure the rest alone. */
export const optionalServices = ['projector', 'scheduler', 'controller-manager'] as const satisfies readonly NatsUser[];
export type OptionalService = (typeof optionalServices)[number];

export const nodeNames = ({ nodes }: Pick<ClusterSettings, 'nodes'>): string[] =>
  Array.from({ length: nodes }, (_, i) => `node-${i + 1}`);

/** Few processes, for each follows all pods of the cluster; and not one, for the rule of whom it may act as is searched name by name. */
export const nodesPerHollowHost = 2_500;

/** The processes that hollow nodes live in. Pure. */
export const hollowHostNames = ({ runtime, nodes }: Pick<ClusterSettings, 'runtime' | 'nodes'>): string[] =>
  runtime === 'hollow'
    ? Array.from({ length: Math.ceil(nodes / nodesPerHollowHost) }, (_, i) => `hollow-${i + 1}`)
    : [];

/** The default cluster is `shiplog`; others are named by their folder, so that two of them never claim the same interfaces. */
export const defaultName = (home: string): string =>
  home === homeFolder(undefined, { ...process.env, SHIPLOG_HOME: undefined })
    ? 'shiplog'
    : `sl${createHash('sha256').update(home).digest('hex').slice(0, 6)}`;

export async function readSettings(paths: ClusterPaths): Promise<ClusterSettings | undefined> {
  try {
    return JSON.parse(await readFile(paths.settings, 'utf8')) as ClusterSettings;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The ports that are the cluster's already, whether or not anything listens on them yet. Pure. */
export const claimedPorts = (settings: Partial<ClusterSettings>): Set<number> =>
  new Set([
    ...Object.values({ ...settings.healthPorts }),
    ...Object.values({ ...settings.servingPorts }),
    ...[settings.apiPort, settings.natsPort, settings.postgresPort].filter((port) => port !== undefined),
  ]);

/**
 * The remembered settings with the choices laid over them, every missing port and password filled in, and saved.
 * Idempotent: the same choices give the same settings.
 */
export async function settleSettings(
  paths: ClusterPaths,
  choices: ClusterChoices,
  chooseNetworkIndex: (name: string, remembered: number | undefined) => Promise<number>,
): Promise<ClusterSettings> {
  const known: Partial<ClusterSettings> = (await readSettings(paths)) ?? {};
  const given = Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined));
  const base = { name: defaultName(paths.home), runtime: 'cri' as const, nodes: 3, writesKubeconfig: true };
  const chosen = { apiPort: defaultApiPort, ...base, ...known, ...given };
  assertName(chosen.name);

  const taken = claimedPorts(chosen);
  const newPort = async (): Promise<number> => {
    const port = await freePort(taken);
    taken.add(port);
    return port;
  };
  const portsFor = async (names: readonly string[], ports: Readonly<Record<string, number>> = {}) => {
    const result: Record<string, number> = { ...ports };
    for (const name of names) result[name] ??= await newPort();
    return result;
  };

  const agents = chosen.runtime === 'hollow' ? hollowHostNames(chosen) : nodeNames(chosen);
  const settings: ClusterSettings = {
    ...chosen,
    networkIndex: await chooseNetworkIndex(chosen.name, chosen.networkIndex),
    natsPort: chosen.natsPort ?? (await newPort()),
    natsPasswords:
      chosen.natsPasswords ?? (Object.fromEntries(natsUsers.map((u) => [u, password()])) as Record<NatsUser, string>),
    postgresPort: chosen.postgresPort ?? (await newPort()),
    postgresPassword: chosen.postgresPassword ?? password(),
    healthPorts: await portsFor([...services, ...agents.map((name) => `node-agent-${name}`)], chosen.healthPorts),
    servingPorts: await portsFor(hollowHostNames(chosen), chosen.servingPorts),
  };
  await saveSettings(paths, settings);
  return settings;
}

export const saveSettings = (paths: ClusterPaths, settings: ClusterSettings): Promise<void> =>
  replaceFile(paths.settings, `${JSON.stringify(settings, null, 2)}\n`);

const password = (): string => randomBytes(24).toString('base64url');

function assertName(name: string): void {
  if (!/^[a-z][a-z0-9-]{0,8}$/.test(name))
    throw new Error(`--name ${name}: use at most 9 lower-case letters, digits and dashes, a letter first`);
}
