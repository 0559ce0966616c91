import { readFile } from 'node:fs/promises';
import type { ClusterPaths } from '../cluster/cluster-paths.js';
import { isMissing, replaceFile } from '../cluster/write-file.js';
import type { ProcessIdentity } from './process-identity.js';
import type { Probe, Role } from './process-spec.js';

/** waiting: for what it starts after. starting: runs, not ready yet. backing-off: died, waits to be started again. */
export type ProcessPhase = 'waiting' | 'starting' | 'ready' | 'backing-off' | 'stopping' | 'stopped';

export interface ProcessState {
  readonly name: string;
  readonly role: Role;
  readonly node?: string;
  readonly phase: ProcessPhase;
  readonly identity?: ProcessIdentity;
  readonly startedAt?: string;
  /** How often it was started again after it had ended by itself. */
  readonly restarts: number;
  /** Failures in a row. */
  readonly failures: number;
  /** Why it is not ready, or how it ended last. */
  readonly message?: string;
  readonly probe: Probe;
  readonly metricsPort?: number;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  readonly graceMs: number;
}

/** What the supervisor says about itself and its processes, for `shiplog status` and for whoever clears up after it. */
export interface SupervisorState {
  readonly supervisor: ProcessIdentity;
  readonly startedAt: string;
  readonly stopping: boolean;
  readonly processes: readonly ProcessState[];
}

type StateFile = Pick<ClusterPaths, 'supervisorState'>;

export async function readSupervisorState(paths: StateFile): Promise<SupervisorState | undefined> {
  try {
    return JSON.parse(await readFile(paths.supervisorState, 'utf8')) as SupervisorState;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export const writeSupervisorState = (paths: StateFile, state: SupervisorState): Promise<void> =>
  replaceFile(paths.supervisorState, `${JSON.stringify(state, null, 2)}\n`);
