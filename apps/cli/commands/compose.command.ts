import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { createLogger, shutdownSignal } from '@shiplog/component-base';
import { clusterPaths, homeFolder } from '../cluster/cluster-paths.js';
import { settleSettings } from '../cluster/cluster-settings.js';
import { replaceFile } from '../cluster/write-file.js';
import { planFile, writeContainerPlans, type ContainerPlan } from '../compose/container-plan.js';
import { awaitUsable } from '../example/await-usable.js';
import { addToKubeconfig, removeFromKubeconfig } from '../kubeconfig/kubeconfig-file.js';
import { runCommand } from '../local-nodes/run-command.js';
import { prepareKeys } from '../pki/prepare-keys.js';
import { runningSupervisor } from '../supervisor/control.js';
import { prepareNats } from '../supervisor/nats.js';
import { preparePostgres } from '../supervisor/postgres.js';
import { identityOf } from '../supervisor/process-identity.js';
import { superviseInForeground } from '../supervisor/supervisor.js';
import { printReports, reportsOf, type ProcessReport } from './status.command.js';
import { CommandError, say, seconds, step } from './terminal.js';
import { whatToTry } from './what-to-try.js';

/** The addresses that docker-compose.yml gives: nodes in 10.210.0.0/24, pods in 10.211.0.0/16. */
const composeNetwork = { networkIndex: 5, hosts: { nats: 'nats', postgres: 'postgres', gateway: '10.210.0.2' } };

const clusterName = 'shiplog';
/** docker-compose.yml publishes the example app's port of node-1 there. */
const publishedAddress = '127.0.0.1';
/** What a container's supervisor says of its processes; the container's alone, and writable by whatever user it runs as. */
const containerState = join(tmpdir(), 'shiplog-supervisor.json');

export function addComposeCommands(program: Command): void {
  const compose = program
    .command('compose', { hidden: true })
    .description('what the containers of docker-compose.yml run');
  compose.command('setup').description('make keys, configuration and the plan of each container').action(setUp);
  compose
    .command('ready')
    .description("add the kubeconfig on standard input to the user's own, and wait until the cluster serves")
    .requiredOption('--example <file>', 'apply the objects of a file on the first start, and wait for the example app')
    .action(ready);
  compose.command('forget').description("take the cluster out of the user's kubeconfig and folder").action(forget);
  compose.command('status').description('the processes of this container, as JSON').action(status);
  compose
    .command('tabulate')
    .description('what `compose status` says of all containers, from standard input, as `shiplog status` has it')
    .option('-o, --output <format>', 'json, or a table')
    .action(tabulate);
  compose
    .command('run <container>')
    .description("run a container's processes until it is stopped")
    .action(runContainer);
}

async function setUp(): Promise<void> {
  const paths = clusterPaths(homeFolder(undefined));
  const settings = await settleSettings(paths, { name: clusterName, writesKubeconfig: false, ...composeNetwork }, () =>
    Promise.resolve(composeNetwork.networkIndex),
  );
  const cluster = { paths, settings };
  await step('keys', () => prepareKeys(cluster));
  await step('database', () => preparePostgres(cluster));
  await prepareNats(cluster);
  await step('plans and images', () => writeContainerPlans(cluster));
}

async function runContainer(container: string): Promise<void> {
  const signal = shutdownSignal();
  const paths = clusterPaths(homeFolder(undefined));
  const file = planFile(paths, container);
  const plan = JSON.parse(await readFile(file, 'utf8')) as ContainerPlan;
  for (const path of plan.clear) await rm(path, { recursive: true, force: true });
  if (plan.network !== '') await runCommand('ip', ['-batch', '-'], plan.network);
  const self = await identityOf(process.pid);
  if (!self) throw new Error('/proc does not show this process');
  await superviseInForeground(plan.processes, self, containerState, createLogger(container), signal);
}

/** A kubeconfig as the cluster wrote it: one cluster, one user. */
interface OwnKubeconfig {
  readonly clusters: [{ name: string; cluster: { server: string; 'certificate-authority-data': string } }];
  readonly users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

/** What the user's folder remembers of a cluster whose data are in Docker's volumes; that it is there tells that there is one. */
interface ComposeState {
  readonly exampleApplied?: boolean;
}

async function ready({ example }: { readonly example: string }): Promise<void> {
  const startedAt = Date.now();
  const given = await text(process.stdin);
  const { home, kubeconfig } = clusterPaths(homeFolder(undefined));
  const file = join(home, 'compose.json');
  const state = JSON.parse(await readFile(file, 'utf8')) as ComposeState;
  await replaceFile(kubeconfig, given);
  const trusted = await trust(given);
  const address = await awaitUsable(
    {
      ...{ kubeconfig, nodes: 3, example, address: publishedAddress, exampleApplied: state.exampleApplied === true },
      rememberExample: () => replaceFile(file, `${JSON.stringify({ ...state, exampleApplied: true })}\n`),
    },
    AbortSignal.timeout(120_000),
  );
  say('');
  say(`Cluster shiplog is up in Docker, ${seconds(Date.now() - startedAt)} after its containers: ${trusted}`);
  say(whatToTry(address));
}

/** Adds the cluster to the user's kubeconfig. Resolves with what that means to them. */
async function trust(kubeconfig: string): Promise<string> {
  const { clusters, users } = parse(kubeconfig) as OwnKubeconfig;
  const [{ name, cluster }] = clusters;
  const [{ user }] = users;
  const plain = (base64: string): string => Buffer.from(base64, 'base64').toString();
  const client = { certificate: plain(user['client-certificate-data']), key: plain(user['client-key-data']) };
  const authority = plain(cluster['certificate-authority-data']);
  const file = await addToKubeconfig({ name, server: cluster.server, authority, client });
  return `kubectl uses it (context ${name} in ${file})`;
}

async function forget(): Promise<void> {
  await removeFromKubeconfig(clusterName);
  await rm(homeFolder(undefined), { recursive: true, force: true });
}

/** Asked inside a container, by whoever shows all of them. */
async function status(): Promise<void> {
  const state = await runningSupervisor({ supervisorState: containerState });
  if (!state) throw new CommandError('the supervisor of this container has not started yet');
  console.log(JSON.stringify(await reportsOf(state)));
}

async function tabulate({ output }: { readonly output?: string }): Promise<void> {
  printReports(JSON.parse(await text(process.stdin)) as ProcessReport[], output);
}
