import type { Command } from 'commander';
import { clusterPaths, homeFolder } from '../cluster/cluster-paths.js';
import { runningSupervisor } from '../supervisor/control.js';
import { memoryOf } from '../supervisor/process-identity.js';
import { lagOf } from '../supervisor/lag.js';
import { probeProcess } from '../supervisor/probes.js';
import type { ProcessState, SupervisorState } from '../supervisor/supervisor-state.js';
import { CommandError, table } from './terminal.js';

interface StatusOptions {
  readonly home?: string;
  readonly output?: string;
}

/** One process as `shiplog status` shows it. This is the JSON form's shape. */
export interface ProcessReport {
  readonly role: string;
  readonly name: string;
  readonly node?: string;
  readonly pid: number | null;
  readonly memoryBytes: number | null;
  /** healthy, or what keeps it from being so. */
  readonly health: 'healthy' | 'unhealthy' | ProcessState['phase'];
  readonly message?: string;
  /** Events of the log that it has not taken in yet; null for what follows no log. */
  readonly lag: number | null;
  readonly restarts: number;
  readonly startedAt: string | null;
}

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('list every process with role, pid, memory, health and lag')
    .option('--home <folder>', 'where the cluster keeps its data')
    .option('-o, --output <format>', 'json, or a table')
    .action(status);
}

async function status({ home, output }: StatusOptions): Promise<void> {
  const paths = clusterPaths(homeFolder(home));
  const state = await runningSupervisor(paths);
  if (!state) {
    if (output === 'json') console.log(JSON.stringify({ processes: [] }));
    throw new CommandError(`no cluster runs in ${paths.home}; shiplog up starts it`);
  }
  printReports(await reportsOf(state), output);
}

/** The supervisor and its processes, each asked how it fares. */
export async function reportsOf(state: SupervisorState): Promise<ProcessReport[]> {
  const { pid } = state.supervisor;
  const self: ProcessReport = {
    ...{ role: 'supervisor', name: 'supervisor', pid, memoryBytes: (await memoryOf(pid)) ?? null, health: 'healthy' },
    ...{ lag: null, restarts: 0, startedAt: state.startedAt },
  };
  return [self, ...(await Promise.all(state.processes.map(report)))];
}

/** As a table, or as JSON for `-o json`. */
export function printReports(processes: readonly ProcessReport[], output: string | undefined): void {
  if (output === 'json') return console.log(JSON.stringify({ processes }, null, 2));
  const rows = processes.map((each) => [
    ...[each.role, each.node ?? '-', String(each.pid ?? '-'), megabytes(each.memoryBytes), each.health],
    ...[each.lag === null ? '-' : String(each.lag), String(each.restarts), each.message ?? ''],
  ]);
  console.log(table(['ROLE', 'NODE', 'PID', 'MEMORY', 'HEALTH', 'LAG', 'RESTARTS', ''], rows));
}

async function report(state: ProcessState): Promise<ProcessReport> {
  const { role, name, node, identity, phase, restarts, startedAt } = state;
  const alive = identity !== undefined && (phase === 'ready' || phase === 'starting');
  const [failure, lag] = alive
    ? await Promise.all([probeProcess(state.probe), lagOf(state.metricsPort)])
    : [state.message, null];
  return {
    ...{ role, name, ...(node === undefined ? {} : { node }) },
    pid: alive ? identity.pid : null,
    memoryBytes: alive ? ((await memoryOf(identity.pid)) ?? null) : null,
    health: phase !== 'ready' ? phase : failure === undefined ? 'healthy' : 'unhealthy',
    ...(failure === undefined ? {} : { message: failure }),
    ...{ lag, restarts, startedAt: startedAt ?? null },
  };
}

const megabytes = (bytes: number | null): string => (bytes === null ? '-' : `${Math.round(bytes / 1024 / 1024)} MiB`);
