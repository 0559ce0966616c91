import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { clusterPaths, homeFolder } from '../cluster/cluster-paths.js';
import { CommandError } from './terminal.js';

interface LogsOptions {
  readonly home?: string;
  readonly follow?: boolean;
  readonly tail: string;
}

export function addLogsCommand(program: Command): void {
  program
    .command('logs <role>')
    .description(
      "print a process's log, e.g. of api-gateway, node-agent-node-1 or the supervisor; a role alone prints all its processes",
    )
    .option('--home <folder>', 'where the cluster keeps its data')
    .option('-f, --follow', 'go on as lines come')
    .option('-n, --tail <lines>', 'how many of the last lines', '100')
    .action(logs);
}

async function logs(role: string, { home, follow, tail }: LogsOptions): Promise<void> {
  const folder = clusterPaths(homeFolder(home)).log;
  const all = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.log')) : [];
  const names = all.includes(`${role}.log`)
    ? [`${role}.log`]
    : all.filter((name) => ['node', 'hollow'].some((kind) => name.startsWith(`${role}-${kind}-`)));
  if (names.length === 0)
    throw new CommandError(
      `no log of ${role}; there are: ${all.map((name) => name.slice(0, -'.log'.length)).join(', ') || 'none'}`,
    );
  const child = spawn('tail', ['-n', tail, ...(follow ? ['-F'] : []), ...names.map((name) => join(folder, name))], {
    stdio: 'inherit',
  });
  await once(child, 'exit');
}
