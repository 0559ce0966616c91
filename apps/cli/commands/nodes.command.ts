import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { clusterPaths, homeFolder, type ClusterPaths } from '../cluster/cluster-paths.js';
import { readSettings } from '../cluster/cluster-settings.js';
import { hollowHostPlans } from '../cluster/cluster.js';
import { CommandError, done } from './terminal.js';

interface NodesOptions {
  readonly home?: string;
}

export function addNodesCommand(program: Command): void {
  const nodes = program.command('nodes').description('switch hollow nodes off and on, as if their machines failed');
  const command = (verb: 'stop' | 'start', description: string): Command =>
    nodes
      .command(`${verb} <names>`)
      .description(description)
      .option('--home <folder>', 'where the cluster keeps its data')
      .action((names: string, options: NodesOptions) => switchNodes(verb, names, options));
  command('stop', 'switch nodes off, e.g. node-1..node-250,node-300: they fall silent, and what ran on them is lost');
  command('start', 'switch them on again');
}

/** Each process of nodes switches those that it has. */
async function switchNodes(verb: 'stop' | 'start', names: string, { home }: NodesOptions): Promise<void> {
  const paths = clusterPaths(homeFolder(home));
  const settings = await readSettings(paths);
  if (!settings) throw new CommandError(`there is no cluster in ${paths.home}`);
  const hosts = hollowHostPlans(settings);
  if (hosts.length === 0)
    throw new CommandError(
      `nodes ${verb} is for hollow nodes; this cluster has real ones (runtime ${settings.runtime})`,
    );
  const path = `/hollow-nodes/${verb}?nodes=${encodeURIComponent(names)}`;
  const counts = await Promise.all(
    hosts.map(({ addresses, servingPort }) => post(paths, addresses[0] ?? '', servingPort, path)),
  );
  const switched = counts.reduce((sum, count) => sum + count, 0);
  if (switched === 0) throw new CommandError(`no node of this cluster is among ${names}`);
  done(`${switched} nodes ${verb === 'stop' ? 'are off' : 'are on'}`);
}

/** Resolves with how many nodes were switched. */
async function post(paths: ClusterPaths, host: string, port: number, path: string): Promise<number> {
  const file = (name: string): Promise<Buffer> => readFile(join(paths.pki, name));
  const [ca, cert, key] = await Promise.all([file('ca.crt'), file('admin.crt'), file('admin.key')]);
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number; body: string }>();
  request({ host, port, path, method: 'POST', ca, cert, key, agent: false }, (response) => {
    text(response).then((body) => resolve({ code: response.statusCode ?? 0, body }), reject);
  })
    .once('error', reject)
    .end();
  const { code, body } = await promise;
  if (code !== 200) throw new CommandError(body.trim());
  return (JSON.parse(body) as { nodes: number }).nodes;
}
