import type { WaitingReason } from './container.status.js';
import type { PodContainer, StoredPod } from './pod.js';
import type { PodHost } from './pod-host.js';

export interface ImageRefusal {
  readonly waiting: WaitingReason;
  readonly retryAt: number;
}

/** Makes the container's image present as its pull policy says; else why it is not, and when to try again. */
export async function ensureImage(
  host: PodHost,
  pod: StoredPod,
  container: PodContainer,
  signal: AbortSignal,
): Promise<ImageRefusal | undefined> {
  const { runtime, events } = host;
  const reference = container.spec.image ?? '';
  const policy = container.spec.imagePullPolicy ?? defaultPolicy(reference);
  if (!isReference(reference)) {
    const message = `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": invalid reference format`;
    events.record(pod, 'Warning', 'InspectFailed', message, container);
    return { waiting: { reason: 'InvalidImageName', message }, retryAt: host.now() + 30_000 };
  }

  const present = await runtime.image(reference);
  if (present && policy !== 'Always') {
    events.record(
      pod,
      'Normal',
      'Pulled',
      `Container image "${reference}" already present on machine and can be accessed by the pod`,
      container,
    );
    return undefined;
  }
  if (policy === 'Never') {
    const message = `Container image "${reference}" is not present with pull policy of Never`;
    events.record(pod, 'Warning', 'ErrImageNeverPull', message, container);
    return { waiting: { reason: 'ErrImageNeverPull', message }, retryAt: host.now() + 10_000 };
  }

  return pull(host, pod, container, present !== undefined, signal);
}

async function pull(
  host: PodHost,
  pod: StoredPod,
  container: PodContainer,
  isPresent: boolean,
  signal: AbortSignal,
): Promise<ImageRefusal | undefined> {
  const { runtime, events, imageBackoff } = host;
  const reference = container.spec.image ?? '';
  const key = `${pod.metadata.uid}/${reference}`;
  const now = host.now();
  const failed = failures.get(host)?.get(key);
  const until = failed && imageBackoff.waitUntil(key, failed.at, now);
  if (failed && until !== undefined) {
    const message = `Back-off pulling image "${reference}": ${failed.message}`;
    events.record(pod, 'Normal', 'BackOff', `Back-off pulling image "${reference}"`, container);
    return { waiting: { reason: 'ImagePullBackOff', message }, retryAt: until };
  }

  events.record(pod, 'Normal', 'Pulling', `Pulling image "${reference}"`, container);
  try {
    await runtime.pullImage(reference, signal);
  } catch (error) {
    // Images that were loaded into the runtime from files are in no registry: what is there is as fresh as it gets.
    if (!isPresent) return pullFailed(host, pod, container, key, error);
    events.record(pod, 'Normal', 'Pulled', `Container image "${reference}" already present on machine`, container);
    return undefined;
  }
  failures.get(host)?.delete(key);
  const size = (await runtime.image(reference))?.sizeBytes ?? 0;
  const took = `${((host.now() - now) / 1000).toFixed(3)}s`;
  const message = `Successfully pulled image "${reference}" in ${took} (${took} including waiting). Image size: ${size} bytes.`;
  events.record(pod, 'Normal', 'Pulled', message, container);
  return undefined;
}

/** Forgets the failed pulls of a pod that is gone. */
export function forgetPulls(host: PodHost, podUid: string): void {
  host.imageBackoff.forget(`${podUid}/`);
  const known = failures.get(host);
  for (const key of known?.keys() ?? []) if (key.startsWith(`${podUid}/`)) known?.delete(key);
}

/** The last failed pull of each pod and image, by node. */
const failures = new WeakMap<PodHost, Map<string, { at: number; message: string }>>();

function pullFailed(host: PodHost, pod: StoredPod, container: PodContainer, key: string, error: unknown): ImageRefusal {
  const message = error instanceof Error ? error.message : String(error);
  const at = host.now();
  const known = failures.get(host) ?? new Map<string, { at: number; message: string }>();
  failures.set(host, known.set(key, { at, message }));
  host.imageBackoff.tried(key, at, at);
  host.events.record(pod, 'Warning', 'Failed', `Failed to pull image "${container.spec.image}": ${message}`, container);
  host.events.record(pod, 'Warning', 'Failed', 'Error: ErrImagePull', container);
  return { waiting: { reason: 'ErrImagePull', message }, retryAt: at + 1_000 };
}

/** Without a policy: Always for the tag `latest` or none, else IfNotPresent. */
export function defaultPolicy(reference: string): 'Always' | 'IfNotPresent' {
  if (reference.includes('@')) return 'IfNotPresent';
  const tag = /:([^:/]+)$/.exec(reference)?.[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const referencePattern = new RegExp(
  `^(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?${component}(?:/${component})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+:[0-9a-fA-F]{32,})?$`,
);

/** Whether the text can name an image: [host/]path[:tag][@digest]. */
export const isReference = (text: string): boolean => referencePattern.test(text);
