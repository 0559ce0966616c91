import type { Command } from 'commander';
import { clusterPaths, homeFolder } from '../cluster/cluster-paths.js';
import { checks, machineOf } from '../doctor/checks.js';
import { CommandError, done, failed, note, say } from './terminal.js';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check this machine for what keeps clusters from working, and say what to do')
    .option('--home <folder>', 'where the cluster keeps its data')
    .action(doctor);
}

async function doctor({ home }: { readonly home?: string }): Promise<void> {
  const machine = await machineOf(clusterPaths(homeFolder(home)));
  const findings = await Promise.all(checks.map(async ({ name, run }) => ({ name, ...(await run(machine)) })));
  const tell = { ok: done, note, problem: failed };
  for (const { name, verdict, text, remedy } of findings) {
    tell[verdict](`${name}: ${text}`);
    if (remedy !== undefined) say(`     ${remedy}`);
  }
  const problems = findings.filter(({ verdict }) => verdict === 'problem').length;
  if (problems > 0) throw new CommandError(`${problems} of ${findings.length} checks found a problem`);
}
