import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { clusterPaths, homeFolder, type ClusterPaths } from '../cluster/cluster-paths.js';
import {
  optionalServices,
  readSettings,
  saveSettings,
  settleSettings,
  type ClusterChoices,
  type OptionalService,
} from '../cluster/cluster-settings.js';
import { nodePlans, type Cluster } from '../cluster/cluster.js';
import { grantHollowAccess } from '../cluster/hollow-access.js';
import { isPortFree } from '../cluster/free-ports.js';
import { awaitUsable } from '../example/await-usable.js';
import { addToKubeconfig } from '../kubeconfig/kubeconfig-file.js';
import { freeNetworkIndex } from '../local-nodes/network-index.js';
import { prepareLocalNodes } from '../local-nodes/local-nodes.js';
import { kubeconfigEntry, localServer, prepareKeys } from '../pki/prepare-keys.js';
import { awaitProcesses, runningSupervisor, startSupervisor, stopSupervisor } from '../supervisor/control.js';
import { prepareNats } from '../supervisor/nats.js';
import { clusterProcesses } from '../supervisor/processes.js';
import { preparePostgres } from '../supervisor/postgres.js';
import type { ProcessState } from '../supervisor/supervisor-state.js';
import { CommandError, done, failed, note, say, seconds, step } from './terminal.js';
import { whatToTry } from './what-to-try.js';

interface UpOptions {
  readonly home?: string;
  readonly name?: string;
  readonly apiPort?: number;
  readonly runtime?: 'cri' | 'hollow';
  readonly nodes?: number;
  readonly without?: readonly OptionalService[];
  readonly kubeconfig?: boolean;
  readonly timeout: number;
  readonly example?: string;
}

export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('start the cluster, or resume it with its data')
    .option('--home <folder>', 'where the cluster keeps its data (default: $SHIPLOG_HOME or the XDG data folder)')
    .option('--name <name>', 'name of the kubeconfig context, and prefix of network namespaces and interfaces')
    .option('--api-port <port>', 'port of the API (default: 6443)', wholeNumber)
    .option('--runtime <runtime>', 'cri: real containers; hollow: simulated ones, for trying out and for scale')
    .option('--nodes <count>', 'how many nodes (default: 3)', wholeNumber)
    .option('--without <services>', `leave out, this time: ${optionalServices.join(', ')} (comma-separated)`, optional)
    .option('--no-kubeconfig', "leave the user's kubeconfig alone (the cluster's folder has one of its own)")
    .option('--timeout <seconds>', 'how long to wait until everything is ready', wholeNumber, 120)
    .option('--example <file>', 'apply the objects of a file on the first start, and wait for the example app')
    .action(up);
}

async function up(options: UpOptions, command: Command): Promise<void> {
  const startedAt = Date.now();
  const paths = clusterPaths(homeFolder(options.home));
  if (options.runtime && !['cri', 'hollow'].includes(options.runtime))
    throw new CommandError(`--runtime ${options.runtime}: there are cri and hollow`);
  const running = await runningSupervisor(paths);
  const cluster = await settle(paths, choicesOf(options, command), running !== undefined);
  if (running) note('the cluster is already running');
  else await prepareAndStart(cluster);

  // Hollow nodes get ready once they may act as nodes; what keeps the API from starting is told before what that keeps from happening.
  const granted = grantHollowAccess(cluster, AbortSignal.timeout(options.timeout * 1000));
  granted.catch(() => undefined);
  const notReady = await awaitProcesses(paths, options.timeout * 1000, ({ process, ms }) => done(process.name, ms));
  if (notReady.length > 0) throw await failure(notReady, paths);
  await granted;
  const context = await writeKubeconfigs(cluster);
  const address = await awaitCluster(cluster, options);
  say('');
  say(`Cluster ${cluster.settings.name} is up after ${seconds(Date.now() - startedAt)}: ${context}`);
  if (options.example !== undefined) say(whatToTry(address));
}

/** Resolves with the example's address when nodes and, if it is there, the example app serve. */
function awaitCluster({ paths, settings }: Cluster, { example, timeout }: UpOptions): Promise<string | undefined> {
  const address = nodePlans(settings)[0]?.address;
  const usable = {
    kubeconfig: paths.kubeconfig,
    nodes: settings.nodes,
    ...(example === undefined ? {} : { example }),
    exampleApplied: settings.exampleApplied === true,
    rememberExample: () => saveSettings(paths, { ...settings, exampleApplied: true }),
    ...(address === undefined ? {} : { address }),
  };
  return awaitUsable(usable, AbortSignal.timeout(timeout * 1000));
}

/** `--no-kubeconfig` is the only choice whose absence commander cannot tell from its default. */
function choicesOf(options: UpOptions, command: Command): ClusterChoices {
  const databaseUrl = process.env['DATABASE_URL'];
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.apiPort === undefined ? {} : { apiPort: options.apiPort }),
    ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
    ...(options.without === undefined ? {} : { without: options.without }),
    ...(command.getOptionValueSource('kubeconfig') === 'cli' ? { writesKubeconfig: options.kubeconfig === true } : {}),
    ...(databaseUrl ? { databaseUrl } : {}),
  };
}

async function settle(paths: ClusterPaths, choices: ClusterChoices, running: boolean): Promise<Cluster> {
  const before = await readSettings(paths);
  if (running && before) {
    const changed = Object.entries(choices).filter(
      ([name, value]) => !isDeepStrictEqual(before[name as keyof ClusterChoices], value),
    );
    if (changed.length > 0)
      throw new CommandError(
        `the cluster runs with another ${changed.map(([name]) => name).join(', ')}; stop it first: shiplog down`,
      );
    return { paths, settings: before };
  }
  if (before && choices.name !== undefined && choices.name !== before.name)
    throw new CommandError(
      `the cluster in ${paths.home} is named ${before.name}; shiplog reset, then give it another name`,
    );
  await mkdir(paths.home, { recursive: true, mode: 0o700 });
  // What a start leaves out is the one choice that is not remembered.
  return { paths, settings: await settleSettings(paths, { without: [], ...choices }, freeNetworkIndex) };
}

async function prepareAndStart(cluster: Cluster): Promise<void> {
  const { paths, settings } = cluster;
  if (settings.without?.length) note(`left out: ${settings.without.join(', ')}`);
  if (settings.runtime === 'hollow') note('runtime hollow: containers are simulated, nothing really runs');
  if ((await stopSupervisor(paths)) === 'cleared') note('ended processes that a killed supervisor had left');
  // Finds every program that the processes need, or says which is missing, before anything is changed.
  clusterProcesses(cluster);
  await assertPortsFree(cluster);
  await step('certificates', () => prepareKeys(cluster));
  if (settings.databaseUrl === undefined) await step('database', () => preparePostgres(cluster));
  await prepareNats(cluster);
  if (settings.runtime === 'cri') await step('network and container runtimes', () => prepareLocalNodes(cluster));
  await startSupervisor(paths);
}

async function writeKubeconfigs(cluster: Cluster): Promise<string> {
  if (!cluster.settings.writesKubeconfig) return `export KUBECONFIG=${cluster.paths.kubeconfig}`;
  const file = await addToKubeconfig(await kubeconfigEntry(cluster, 'admin', localServer(cluster)));
  return `kubectl uses it (context ${cluster.settings.name} in ${file})`;
}

async function assertPortsFree({ settings, paths }: Cluster): Promise<void> {
  const { apiPort, natsPort, postgresPort, databaseUrl } = settings;
  const needed = [
    ...[{ port: apiPort, what: 'the API', remedy: 'choose another one: --api-port' }],
    ...[
      { port: natsPort, what: 'nats-server', remedy: `end what holds it, or remove natsPort from ${paths.settings}` },
    ],
    ...(databaseUrl === undefined
      ? [
          {
            port: postgresPort,
            what: 'PostgreSQL',
            remedy: `end what holds it, or remove postgresPort from ${paths.settings}`,
          },
        ]
      : []),
  ];
  for (const { port, what, remedy } of needed)
    if (!(await isPortFree(port)))
      throw new CommandError(
        `port ${port}, meant for ${what}, is in use (ss -ltnp 'sport = :${port}' shows by whom); ${remedy}`,
      );
}

/** What is not ready, its last words, and where there are more. */
async function failure(notReady: readonly ProcessState[], paths: ClusterPaths): Promise<CommandError> {
  const waiting = notReady.filter(({ phase }) => phase === 'waiting');
  for (const { name, message, restarts } of notReady.filter((each) => !waiting.includes(each))) {
    const log = join(paths.log, `${name}.log`);
    failed(`${name}: ${message ?? 'not ready'}${restarts > 0 ? ` (started again ${restarts} times)` : ''}`);
    const lines = existsSync(log) ? (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-5) : [];
    for (const line of lines) say(`     ${line.slice(0, 300)}`);
    say(`     log: ${log}`);
  }
  if (waiting.length > 0) note(`not started, for they need the above: ${waiting.map(({ name }) => name).join(', ')}`);
  return new CommandError(
    'the cluster is not complete. It goes on trying: shiplog status shows how it fares, shiplog down stops it',
  );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new CommandError(`${text} is not a whole number`);
  return value;
}

function optional(text: string): OptionalService[] {
  return text.split(',').map((name) => {
    const found = optionalServices.find((each) => each === name);
    if (!found) throw new CommandError(`--without ${name}: what can be left out is ${optionalServices.join(', ')}`);
    return found;
  });
}
