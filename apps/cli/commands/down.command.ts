import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { clusterPaths, homeFolder } from '../cluster/cluster-paths.js';
import { readSettings } from '../cluster/cluster-settings.js';
import { removeFromKubeconfig } from '../kubeconfig/kubeconfig-file.js';
import { clearLocalNodes } from '../local-nodes/local-nodes.js';
import { stopSupervisor } from '../supervisor/control.js';
import { clearStagingMemory, stagingMemory } from '../supervisor/nats.js';
import { note, step } from './terminal.js';

interface HomeOption {
  readonly home?: string;
}

export function addDownCommand(program: Command): void {
  program
    .command('down')
    .description('stop the cluster; its data stay, and up resumes it')
    .option('--home <folder>', 'where the cluster keeps its data')
    .action(async ({ home }: HomeOption) => down(homeFolder(home)));
}

export function addResetCommand(program: Command): void {
  program
    .command('reset')
    .description('stop the cluster and delete everything of it')
    .option('--home <folder>', 'where the cluster keeps its data')
    .action(async ({ home }: HomeOption) => reset(homeFolder(home)));
}

async function down(home: string): Promise<void> {
  const paths = clusterPaths(home);
  const settings = await readSettings(paths);
  if (!settings) return note(`there is no cluster in ${home}`);
  await step('processes stopped', () => stopSupervisor(paths));
  await clearStagingMemory(paths);
  if (settings.runtime === 'cri')
    await step('containers and network cleared', () => clearLocalNodes({ paths, settings }));
}

async function reset(home: string): Promise<void> {
  const paths = clusterPaths(home);
  const settings = await readSettings(paths);
  if (!settings) return note(`there is no cluster in ${home}`);
  await down(home);
  await step(`${home} deleted`, () => rm(home, { recursive: true }));
  await rm(stagingMemory(paths), { recursive: true, force: true });
  if (settings.writesKubeconfig) await removeFromKubeconfig(settings.name);
}
