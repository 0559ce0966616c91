import type { WaitingReason } from './container.status.js';
import { containersOf, type PodContainer, type StoredPod } from './pod.js';
import type { PodHost } from './pod-host.js';

const crashLoop = 'CrashLoopBackOff';

/** Why those containers of a pod wait that do not run, and how long those that failed still have to. Times are milliseconds. */
export class WaitingContainers {
  /** By the container's name. */
  readonly reasons = new Map<string, WaitingReason>();

  constructor(private readonly host: Pick<PodHost, 'events' | 'restartBackoff' | 'now'>) {}

  /** When a container that exited at `exitedAt` may start again; undefined: now. */
  restartAt(pod: StoredPod, container: PodContainer, exitedAt: number): number | undefined {
    return this.host.restartBackoff.waitUntil(keyOf(pod, container), exitedAt, this.host.now());
  }

  /** The container that failed at `failedAt` is about to start again. */
  tried(pod: StoredPod, container: PodContainer, failedAt: number): void {
    this.host.restartBackoff.tried(keyOf(pod, container), failedAt, this.host.now());
  }

  /** Says of these containers, and of no other, that they wait for their back-off to pass. */
  explainBackoff(pod: StoredPod, backingOff: readonly string[]): void {
    for (const [name, { reason }] of this.reasons)
      if (reason === crashLoop && !backingOff.includes(name)) this.reasons.delete(name);
    for (const name of backingOff) this.explain(pod, name);
  }

  private explain(pod: StoredPod, name: string): void {
    const container = containersOf(pod).find(({ spec }) => spec.name === name);
    const isNew = this.reasons.get(name)?.reason !== crashLoop;
    const delay = container ? this.host.restartBackoff.delay(keyOf(pod, container)) / 1000 : 0;
    const named = `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
    const message = `back-off ${durationOf(delay)} restarting failed container=${name} pod=${named}`;
    this.reasons.set(name, { reason: crashLoop, message });
    if (!isNew || !container) return;
    const text = `Back-off restarting failed container ${name} in pod ${named}`;
    this.host.events.record(pod, 'Warning', 'BackOff', text, container);
  }
}

const keyOf = ({ metadata }: StoredPod, { spec }: PodContainer): string =>
  `${metadata.uid}/${spec.name}/${spec.image ?? ''}`;

/** Seconds as Go writes a duration: `10s`, `1m20s`, `5m0s`. */
export const durationOf = (seconds: number): string =>
  seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
