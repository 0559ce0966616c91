import { pause } from '../../node/every.js';
import type { ObservedPod } from '../pod-runtime.js';

const period = 1_000;

/**
 * Tells which pods changed by listing all once a second and comparing. A runtime that does not answer is asked again; its pods
 * have not changed for all we know.
 */
export async function relist(
  list: () => Promise<ObservedPod[]>,
  changed: (podUid: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let before = new Map<string, string>();
  while (!signal.aborted) {
    const pods = await list().catch(() => undefined);
    if (pods) {
      const now = new Map(pods.map((pod) => [pod.uid, fingerprint(pod)]));
      for (const uid of changes(before, now)) changed(uid);
      before = now;
    }
    await pause(period, signal);
  }
}

const changes = (before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] =>
  [...new Set([...before.keys(), ...now.keys()])].filter((uid) => before.get(uid) !== now.get(uid));

const fingerprint = ({ sandboxes, containers }: ObservedPod): string =>
  [
    ...sandboxes.map(({ id, ready }) => `${id}:${ready}`),
    ...containers.map(({ id, state }) => `${id}:${state}`),
  ].join();
