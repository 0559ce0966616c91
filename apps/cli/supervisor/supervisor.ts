import { setInterval } from 'node:timers/promises';
import type { Logger } from '@shiplog/component-base';
import type { ClusterPaths } from '../cluster/cluster-paths.js';
import type { ProcessIdentity } from './process-identity.js';
import type { ProcessSpec } from './process-spec.js';
import { rotateLogs } from './rotate-logs.js';
import { startOrder } from './start-order.js';
import { SupervisedProcess } from './supervised-process.js';
import { writeSupervisorState } from './supervisor-state.js';

/**
 * Runs the processes until the signal aborts: each as soon as those it needs have been ready, again whenever it ends. Then stops
 * them in reverse order. Its state is in the supervisor's state file all the while.
 */
export async function supervise(
  specs: readonly ProcessSpec[],
  self: ProcessIdentity,
  paths: ClusterPaths,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const rotation = rotateRegularly(paths.log, logger, signal);
  await keepRunningAndTell(specs, self, { ...paths, logs: paths.log }, logger, signal);
  await rotation;
}

/** The same for one container: what the processes say goes where our own output goes. */
export const superviseInForeground = (
  specs: readonly ProcessSpec[],
  self: ProcessIdentity,
  supervisorState: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> => keepRunningAndTell(specs, self, { supervisorState, logs: undefined }, logger, signal);

async function keepRunningAndTell(
  specs: readonly ProcessSpec[],
  self: ProcessIdentity,
  files: { readonly supervisorState: string; readonly logs: string | undefined },
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = new Date().toISOString();
  const publish = coalesced(async () => {
    try {
      const states = [...processes.values()].map(({ state }) => state);
      await writeSupervisorState(files, { supervisor: self, startedAt, stopping: signal.aborted, processes: states });
    } catch (error) {
      logger.error({ err: error, file: files.supervisorState }, 'state could not be written');
    }
  });
  const processes = supervised(specs, files.logs, logger, publish.request);
  await keepRunning(specs, processes, logger, signal);
  await publish.settled();
}

const supervised = (
  specs: readonly ProcessSpec[],
  logFolder: string | undefined,
  logger: Logger,
  changed: () => void,
): ReadonlyMap<string, SupervisedProcess> =>
  new Map(specs.map((spec) => [spec.name, new SupervisedProcess(spec, logFolder, logger, changed)]));

async function keepRunning(
  specs: readonly ProcessSpec[],
  processes: ReadonlyMap<string, SupervisedProcess>,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const groups = startOrder(specs);
  await Promise.all(
    specs.map(({ name, after }) => {
      const needed = after.flatMap((other) => processes.get(other)?.ready ?? []);
      return processes.get(name)?.run(needed, signal);
    }),
  );
  for (const group of groups.toReversed()) {
    logger.info({ processes: group.map(({ name }) => name) }, 'stopping');
    await Promise.all(group.map(({ name }) => processes.get(name)?.stop()));
  }
}

async function rotateRegularly(folder: string, logger: Logger, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(10_000, undefined, { signal })) {
      const rotated = await rotateLogs(folder);
      if (rotated.length > 0) logger.info({ rotated }, 'rotated logs');
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Runs `work` soon after a request, one at a time; requests during a run lead to one more. */
function coalesced(work: () => Promise<void>): { request: () => void; settled: () => Promise<void> } {
  let running: Promise<void> | undefined;
  let again = false;
  const loop = async (): Promise<void> => {
    do {
      again = false;
      await work();
    } while (again);
    running = undefined;
  };
  return {
    request: () => {
      again = true;
      running ??= Promise.resolve().then(loop);
    },
    settled: async () => running,
  };
}
