import { messageOf } from '@shiplog/controller-runtime';
import { RuntimeError, type ContainerSpec, type SandboxSpec } from '../runtime/pod-runtime.js';
import type { WaitingReason } from './container.status.js';
import { ensureImage } from './image-pull.js';
import type { PodContainer, StoredPod } from './pod.js';
import { SetupError, type PodHost } from './pod-host.js';

export interface StartRequest {
  readonly sandboxId: string;
  readonly sandbox: SandboxSpec;
  readonly spec: Promise<ContainerSpec>;
}

/** It started, or why it waits and when to try again. `created`: there is a container now that did not start. */
export type StartOutcome =
  'started' | { readonly waiting: WaitingReason; readonly retryAt: number; readonly created: boolean };

const retryDelay = 5_000;

/** Gets the image, creates the container and starts it, with the events of each step. */
export async function startContainer(
  host: PodHost,
  pod: StoredPod,
  container: PodContainer,
  signal: AbortSignal,
  request: () => StartRequest,
): Promise<StartOutcome> {
  const { runtime, events } = host;
  const refused = await ensureImage(host, pod, container, signal);
  if (refused) return { ...refused, created: false };

  const failed = (reason: string, error: unknown, created: boolean): StartOutcome => {
    const message = messageOf(error);
    events.record(pod, 'Warning', 'Failed', `Error: ${message}`, container);
    return { waiting: { reason, message }, retryAt: host.now() + retryDelay, created };
  };
  let containerId: string;
  try {
    const { sandboxId, sandbox, spec } = request();
    containerId = await runtime.createContainer(sandboxId, await spec, sandbox);
  } catch (error) {
    if (error instanceof SetupError) return failed(error.reason, error, false);
    if (error instanceof RuntimeError && error.reason === 'Unavailable') throw error;
    return failed('CreateContainerError', error, false);
  }
  events.record(pod, 'Normal', 'Created', 'Container created', container);
  try {
    await runtime.startContainer(containerId);
  } catch (error) {
    return failed('RunContainerError', error, true);
  }
  events.record(pod, 'Normal', 'Started', 'Container started', container);
  return 'started';
}
