import type { ApiClient } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import type { ContainerSpec, ObservedContainer, ObservedPod, PodRuntime, SandboxSpec } from '../runtime/pod-runtime.js';
import type { Backoff } from './backoff.js';
import type { WaitingReason } from './container.status.js';
import type { PodContainer, StoredPod } from './pod.js';
import type { ContainerHealth } from './pod.plan.js';

/** What the pods of a node share: everything a pod worker acts through. */
export interface PodHost {
  readonly runtime: PodRuntime;
  readonly api: ApiClient;
  readonly nodeIps: readonly string[];
  readonly environment: PodEnvironment;
  readonly events: PodEvents;
  readonly restartBackoff: Backoff;
  readonly imageBackoff: Backoff;
  readonly log: Logger;
  now(): number;
  /** Why this node cannot take the pod; undefined: it can. */
  admit(pod: StoredPod): WaitingReason | undefined;
  probesOf(podUid: string, onChange: () => void): PodProbes;
  /** The end of the container's output, for those that ended without a message of their own. */
  terminationMessage(pod: StoredPod, container: ObservedContainer): Promise<string | undefined>;
}

export interface PodName {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/** Prepares on this machine what a pod's containers find around them. Repeating any of it is no error. */
export interface PodEnvironment {
  /** Mounts the volumes and brings their contents up to date. @throws SetupError */
  prepare(pod: StoredPod, signal: AbortSignal): Promise<void>;
  sandboxSpec(pod: StoredPod, attempt: number): SandboxSpec;
  /** @throws SetupError with the reason that the container then waits for. */
  containerSpec(
    pod: StoredPod,
    container: PodContainer,
    attempt: number,
    podIps: readonly string[],
    observed: ObservedPod,
  ): Promise<ContainerSpec>;
  /** Unmounts the volumes of a pod whose containers have stopped. */
  releaseVolumes(podUid: string): Promise<void>;
  /** Pods of which something is left on this machine. */
  leftovers(): Promise<PodName[]>;
  /** Removes all that was ever prepared for the pod, its logs included. */
  remove(podUid: string, namespace: string, name: string): Promise<void>;
}

/** A container or pod cannot be set up now; `reason` is what its status says while it waits. */
export class SetupError extends Error {
  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = 'SetupError';
  }
}

export interface PodEvents {
  /** Records a core/v1 Event about the pod, or about one of its containers. Never fails the caller. */
  record(pod: StoredPod, type: 'Normal' | 'Warning', reason: string, message: string, container?: PodContainer): void;
}

export interface PodProbes {
  /** Probes exactly the running containers. */
  follow(pod: StoredPod, observed: ObservedPod): void;
  health(containerId: string): ContainerHealth;
  stop(): void;
}
