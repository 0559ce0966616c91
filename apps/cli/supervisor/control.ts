import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ClusterPaths } from '../cluster/cluster-paths.js';
import { endProcesses, isAlive, signalProcess } from './process-identity.js';
import { readSupervisorState, type ProcessState, type SupervisorState } from './supervisor-state.js';

/** The state, if the supervisor that wrote it is alive. */
export async function runningSupervisor(
  paths: Pick<ClusterPaths, 'supervisorState'>,
): Promise<SupervisorState | undefined> {
  const state = await readSupervisorState(paths);
  return state && (await isAlive(state.supervisor)) ? state : undefined;
}

/** Starts the supervisor in the background. Resolves when it has taken over, rejects if it ends first. */
export async function startSupervisor(paths: ClusterPaths): Promise<void> {
  await mkdir(paths.log, { recursive: true, mode: 0o700 });
  const daemon = join(dirname(fileURLToPath(import.meta.url)), 'daemon.js');
  const file = join(paths.log, 'supervisor.log');
  const log = openSync(file, 'a', 0o600);
  const child = spawn(process.execPath, [daemon, paths.home], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
  });
  closeSync(log);
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  while (!ended) {
    if ((await runningSupervisor(paths))?.supervisor.pid === child.pid) return child.unref();
    await sleep(50);
  }
  throw new Error(`the supervisor ended at once; the reason is in ${file}`);
}

/** How often a process may fail in a row before `up` calls it failed. The supervisor goes on trying. */
const failuresToGiveUp = 4;

export type Progress = (change: { readonly process: ProcessState; readonly ms: number }) => void;

/**
 * Waits until every process is ready, telling each that becomes so. Resolves with those that are not: they keep failing, or the time is up.
 * @throws when the supervisor itself ends.
 */
export async function awaitProcesses(
  paths: ClusterPaths,
  timeoutMs: number,
  progress: Progress,
): Promise<ProcessState[]> {
  const startedAt = Date.now();
  const told = new Set<string>();
  for (;;) {
    const state = await runningSupervisor(paths);
    if (!state) throw new Error(`the supervisor has ended; the reason is in ${join(paths.log, 'supervisor.log')}`);
    for (const process of state.processes) {
      if (process.phase !== 'ready' || told.has(process.name)) continue;
      told.add(process.name);
      progress({ process, ms: Date.now() - startedAt });
    }
    const waiting = state.processes.filter(({ phase }) => phase !== 'ready');
    const failing = waiting.filter(({ failures }) => failures >= failuresToGiveUp);
    if (waiting.length === 0) return [];
    if (failing.length > 0) return failing;
    if (Date.now() - startedAt > timeoutMs) return waiting;
    await sleep(50);
  }
}

/** Stops the supervisor and with it all processes; ends what a killed supervisor left behind. Idempotent. Tells what it did. */
export async function stopSupervisor(paths: ClusterPaths): Promise<'stopped' | 'cleared' | 'nothing'> {
  const state = await readSupervisorState(paths);
  if (!state) return 'nothing';
  const running = await isAlive(state.supervisor);
  if (running) {
    await signalProcess(state.supervisor, 'SIGTERM');
    while (await isAlive(state.supervisor)) await sleep(50);
  }
  const left = await leftProcesses((await readSupervisorState(paths)) ?? state);
  for (const { identity, graceMs, stopSignal } of left.toReversed())
    if (identity) await endProcesses([identity], graceMs, stopSignal);
  return running ? 'stopped' : left.length > 0 ? 'cleared' : 'nothing';
}

/** Processes that outlived their supervisor. */
async function leftProcesses({ processes }: SupervisorState): Promise<ProcessState[]> {
  const verdicts = await Promise.all(processes.map(({ identity }) => identity !== undefined && isAlive(identity)));
  return processes.filter((_, i) => verdicts[i]);
}
