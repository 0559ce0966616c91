import type { ContainerSpec } from '../pod-runtime.js';

/** What a simulated container does once it is started. */
export interface HollowSchedule {
  /** Undefined: until it is stopped. */
  readonly runMilliseconds?: number;
  readonly exitCode: number;
  readonly stopMilliseconds: number;
  readonly exitCodeOnStop: number;
  /** What a command run in it exits with, so that exec probes can be made to fail. */
  readonly probeExitCode: number;
}

/**
 * Annotations `hollow.shiplog.dev/run-seconds`, `exit-code`, `stop-seconds`, `probe-exit-code`, for all containers of the pod or,
 * with `.<container>` behind, for one. Without them a container that should complete ends well after 0.1 s; others run on.
 */
export function scheduleOf(annotations: Readonly<Record<string, string>>, container: ContainerSpec): HollowSchedule {
  const setting = (name: string): number | undefined => {
    const key = `hollow.shiplog.dev/${name}`;
    const text = annotations[`${key}.${container.name}`] ?? annotations[key];
    const value = Number(text);
    return text === undefined || Number.isNaN(value) ? undefined : value;
  };
  const runSeconds = setting('run-seconds') ?? (container.runsToCompletion ? 0.1 : undefined);
  return {
    runMilliseconds: runSeconds === undefined ? undefined : runSeconds * 1000,
    exitCode: setting('exit-code') ?? 0,
    stopMilliseconds: (setting('stop-seconds') ?? 0) * 1000,
    exitCodeOnStop: 0,
    probeExitCode: setting('probe-exit-code') ?? 0,
  };
}
