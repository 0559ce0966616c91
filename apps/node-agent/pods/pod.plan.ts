import {
  containerHashAnnotation,
  type ObservedContainer,
  type ObservedPod,
  type ObservedSandbox,
} from '../runtime/pod-runtime.js';
import { containerHash } from './container-hash.js';
import { containersOf, statusOf, type PodContainer, type StoredPod } from './pod.js';
import { restarts } from './restart-policy.js';

export type PodAction =
  | { readonly type: 'createSandbox'; readonly attempt: number }
  | { readonly type: 'stopSandbox'; readonly id: string }
  | { readonly type: 'removeSandbox'; readonly id: string }
  | {
      readonly type: 'startContainer';
      readonly container: PodContainer;
      readonly attempt: number;
      readonly sandboxId: string;
      readonly failedAt?: number;
    }
  | { readonly type: 'stopContainer'; readonly container: PodContainer; readonly id: string; readonly cause: StopCause }
  | { readonly type: 'removeContainer'; readonly id: string };

export type StopCause = 'definitionChanged' | 'livenessFailed' | 'startupFailed' | 'podCompleted';

export interface ContainerHealth {
  readonly started: boolean;
  readonly ready: boolean;
  readonly failed?: 'liveness' | 'startup';
}

export interface PodWorld {
  readonly pod: StoredPod;
  readonly observed: ObservedPod;
  readonly now: number;
  health(containerId: string): ContainerHealth;
  /** When a container that exited at `exitedAt` may start again; undefined: now. */
  restartAt(container: PodContainer, exitedAt: number): number | undefined;
}

export interface PodPlan {
  readonly actions: readonly PodAction[];
  /** When to look again although nothing changed. */
  readonly retryAt?: number;
  /** Containers that wait for their back-off to pass. */
  readonly backingOff: readonly string[];
}

/** What must happen next so that the pod runs as its specification says. Pure; empty once it does. For pods that are to live on. */
export function planPod(world: PodWorld): PodPlan {
  const sandbox = usableSandbox(world);
  const plan = sandbox ? planContainers(world, sandbox) : planSandbox(world);
  return { ...plan, actions: [...plan.actions, ...planRemovals(world)] };
}

/** The sandbox that containers may run in: the newest, if it is ready and has its address. */
export function usableSandbox({ pod, observed }: Pick<PodWorld, 'pod' | 'observed'>): ObservedSandbox | undefined {
  const newest = observed.sandboxes[0];
  return newest?.ready && (newest.ips.length > 0 || pod.spec.hostNetwork === true) ? newest : undefined;
}

/** The latest run of a container, whichever sandbox it was in. */
export const latestRun = (observed: ObservedPod, name: string): ObservedContainer | undefined =>
  observed.containers.find((container) => container.name === name);

function planSandbox({ pod, observed }: PodWorld): PodPlan {
  const wanted = containersOf(pod).some((container) => {
    const last = latestRun(observed, container.spec.name);
    return container.role === 'app' && (!last || last.state !== 'exited' || restarts(pod, container, last));
  });
  const stops = observed.sandboxes
    .filter(({ ready }) => ready)
    .map(({ id }): PodAction => ({ type: 'stopSandbox', id }));
  if (!wanted) return { actions: stops, backingOff: [] };
  const attempt = (observed.sandboxes[0]?.attempt ?? -1) + 1;
  return { actions: [...stops, { type: 'createSandbox', attempt }], backingOff: [] };
}

/** Collects what the walk over the containers decides. */
interface Draft {
  readonly actions: PodAction[];
  readonly backingOff: string[];
  retryAt?: number;
}

function planContainers(world: PodWorld, sandbox: ObservedSandbox): PodPlan {
  const { pod, observed } = world;
  const draft: Draft = { actions: [], backingOff: [] };
  const all = containersOf(pod);
  const apps = all.filter(({ role }) => role === 'app');
  const initialized = apps.some(({ spec }) => runIn(observed, sandbox, spec.name) !== undefined);

  const initState = planInit(world, sandbox, initialized, draft);
  if (initState === 'failed') return completed(world, sandbox);
  if (initState === 'waiting') return draft;

  for (const container of all.filter(({ role }) => role === 'ephemeral'))
    if (!latestRun(observed, container.spec.name)) start(world, sandbox, container, draft);

  const living = apps.filter((container) => planApp(world, sandbox, container, draft));
  return living.length === 0 ? completed(world, sandbox) : draft;
}

/** Walks the init containers in order: 'waiting' while one has to finish or start first. */
function planInit(
  world: PodWorld,
  sandbox: ObservedSandbox,
  initialized: boolean,
  draft: Draft,
): 'done' | 'waiting' | 'failed' {
  const { pod, observed } = world;
  for (const container of containersOf(pod).filter(({ role }) => role === 'init' || role === 'sidecar')) {
    const run = runIn(observed, sandbox, container.spec.name);
    if (container.role === 'sidecar') {
      const up = planLiving(world, sandbox, container, run, draft);
      if (!initialized && !up) return 'waiting';
      continue;
    }
    if (initialized || (run?.state === 'exited' && run.exitCode === 0)) continue;
    if (run?.state === 'exited' && !restarts(pod, container, run)) return 'failed';
    if (run?.state !== 'running') start(world, sandbox, container, draft);
    return 'waiting';
  }
  return 'done';
}

/** Plans one app container; false if it has ended for good. */
function planApp(world: PodWorld, sandbox: ObservedSandbox, container: PodContainer, draft: Draft): boolean {
  const last = latestRun(world.observed, container.spec.name);
  if (last?.state === 'exited' && !definitionChanged(container, last) && !restarts(world.pod, container, last))
    return false;
  planLiving(world, sandbox, container, runIn(world.observed, sandbox, container.spec.name), draft);
  return true;
}

/** Plans a container that is meant to run; true if it runs, is started and needs nothing. */
function planLiving(
  { pod, observed, now, health, restartAt }: PodWorld,
  sandbox: ObservedSandbox,
  container: PodContainer,
  run: ObservedContainer | undefined,
  draft: Draft,
): boolean {
  if (run?.state !== 'running') {
    start({ pod, observed, now, health, restartAt }, sandbox, container, draft);
    return false;
  }
  const { started, failed } = health(run.id);
  const cause: StopCause | undefined = definitionChanged(container, run)
    ? 'definitionChanged'
    : failed && (`${failed}Failed` as const);
  if (cause) draft.actions.push({ type: 'stopContainer', container, id: run.id, cause });
  return started && !cause;
}

function start(
  { pod, observed, now, restartAt }: PodWorld,
  sandbox: ObservedSandbox,
  container: PodContainer,
  draft: Draft,
): void {
  const last = latestRun(observed, container.spec.name);
  const failedAt =
    last?.state === 'exited' && !definitionChanged(container, last) ? (last.finishedAt ?? now) : undefined;
  const until = failedAt === undefined ? undefined : restartAt(container, failedAt);
  if (until !== undefined && until > now) {
    draft.backingOff.push(container.spec.name);
    draft.retryAt = Math.min(draft.retryAt ?? Infinity, until);
    return;
  }
  if (last && last.state !== 'exited') draft.actions.push({ type: 'removeContainer', id: last.id });
  const attempt = nextAttempt(pod, container, last);
  draft.actions.push({ type: 'startContainer', container, attempt, sandboxId: sandbox.id, failedAt });
}

/** The runs so far. What the runtime forgot, the pod's status still knows. */
function nextAttempt({ status }: StoredPod, { spec }: PodContainer, last: ObservedContainer | undefined): number {
  if (last) return last.state === 'created' ? last.attempt : last.attempt + 1;
  const known = statusOf(status, spec.name);
  return known?.containerID ? known.restartCount + 1 : 0;
}

/** Nothing is left to run: sidecars stop in the reverse of their order, then the sandbox. */
function completed({ pod, observed }: PodWorld, sandbox: ObservedSandbox): PodPlan {
  const running = containersOf(pod).flatMap((container) => {
    const run = runIn(observed, sandbox, container.spec.name);
    return run?.state === 'running' ? [{ container, id: run.id }] : [];
  });
  const last = running.at(-1);
  return {
    actions: [
      last ? { type: 'stopContainer', ...last, cause: 'podCompleted' } : { type: 'stopSandbox', id: sandbox.id },
    ],
    backingOff: [],
  };
}

/** Per container the latest run and the one before it are kept (state, lastState and their logs); older ones and empty sandboxes go. */
function planRemovals({ observed }: PodWorld): PodAction[] {
  const seen = new Map<string, number>();
  const old = observed.containers.filter(({ name, state }) => {
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return state === 'exited' && (seen.get(name) ?? 0) > 2;
  });
  const kept = new Set(observed.containers.filter((c) => !old.includes(c)).map(({ sandboxId }) => sandboxId));
  return [
    ...old.map(({ id }): PodAction => ({ type: 'removeContainer', id })),
    ...observed.sandboxes
      .slice(1)
      .filter(({ id, ready }) => !ready && !kept.has(id))
      .map(({ id }): PodAction => ({ type: 'removeSandbox', id })),
  ];
}

const runIn = (observed: ObservedPod, sandbox: ObservedSandbox, name: string): ObservedContainer | undefined =>
  observed.containers.find((container) => container.name === name && container.sandboxId === sandbox.id);

const definitionChanged = ({ spec }: PodContainer, { annotations }: ObservedContainer): boolean =>
  annotations[containerHashAnnotation] !== undefined && annotations[containerHashAnnotation] !== containerHash(spec);
