import { readFile, rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { createLogger, shutdownSignal } from '@shiplog/component-base';
import { clusterPaths, homeFolder } from '../cluster/cluster-paths.js';
import { settleSettings } from '../cluster/cluster-settings.js';
import { planFile, writeContainerPlans, type ContainerPlan } from '../compose/container-plan.js';
import { addToKubeconfig } from '../kubeconfig/kubeconfig-file.js';
import { runCommand } from '../local-nodes/run-command.js';
import { prepareKeys } from '../pki/prepare-keys.js';
import { prepareNats } from '../supervisor/nats.js';
import { preparePostgres } from '../supervisor/postgres.js';
import { superviseInForeground } from '../supervisor/supervisor.js';
import { done, step } from './terminal.js';

/** The addresses that docker-compose.yml gives: nodes in 10.210.0.0/24, pods in 10.211.0.0/16. */
const composeNetwork = { networkIndex: 5, hosts: { nats: 'nats', postgres: 'postgres', gateway: '10.210.0.2' } };

export function addComposeCommands(program: Command): void {
  const compose = program
    .command('compose', { hidden: true })
    .description('what the containers of docker-compose.yml run');
  compose.command('setup').description('make keys, configuration and the plan of each container').action(setUp);
  compose.command('trust').description("add the kubeconfig on standard input to the user's own").action(trust);
  compose
    .command('run <container>')
    .description("run a container's processes until it is stopped")
    .action(runContainer);
}

async function setUp(): Promise<void> {
  const paths = clusterPaths(homeFolder(undefined));
  const settings = await settleSettings(paths, { name: 'shiplog', writesKubeconfig: false, ...composeNetwork }, () =>
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
  await superviseInForeground(plan.processes, createLogger(container), signal);
}

/** A kubeconfig as the cluster wrote it: one cluster, one user. */
interface OwnKubeconfig {
  readonly clusters: [{ name: string; cluster: { server: string; 'certificate-authority-data': string } }];
  readonly users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

async function trust(): Promise<void> {
  const { clusters, users } = parse(await text(process.stdin)) as OwnKubeconfig;
  const [{ name, cluster }] = clusters;
  const [{ user }] = users;
  const plain = (base64: string): string => Buffer.from(base64, 'base64').toString();
  const client = { certificate: plain(user['client-certificate-data']), key: plain(user['client-key-data']) };
  const authority = plain(cluster['certificate-authority-data']);
  const file = await addToKubeconfig({ name, server: cluster.server, authority, client });
  done(`kubectl uses it (context ${name} in ${file})`);
}
