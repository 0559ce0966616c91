import type { ObservedContainer } from '../runtime/pod-runtime.js';
import type { PodWorker } from '../pods/pod-worker.js';
import type { PodWorkers } from '../pods/pod-workers.js';
import { containersOf, statusOf } from '../pods/pod.js';
import { usableSandbox } from '../pods/pod.plan.js';
import { HttpFailure } from './http-failure.js';

/** @throws HttpFailure 404 */
export function podAt(workers: PodWorkers, namespace: string, name: string): PodWorker {
  const worker = workers.worker(namespace, name);
  if (!worker) throw new HttpFailure(404, `pod does not exist`);
  return worker;
}

/** The run of a container that a session can join. @throws HttpFailure 404 if it does not run. */
export function runningContainer(workers: PodWorkers, namespace: string, pod: string, name: string): ObservedContainer {
  const run = podAt(workers, namespace, pod).lastObserved?.containers.find((container) => container.name === name);
  if (run?.state !== 'running') throw new HttpFailure(404, `container not found ("${name}")`);
  return run;
}

/** The pod's sandbox. @throws HttpFailure 404 if it has none that is ready. */
export function readySandbox(workers: PodWorkers, namespace: string, pod: string): string {
  const { current, lastObserved } = podAt(workers, namespace, pod);
  const sandbox = lastObserved && usableSandbox({ pod: current, observed: lastObserved });
  if (!sandbox) throw new HttpFailure(404, 'pod does not exist or is not running');
  return sandbox.id;
}

/** The run whose log is asked for: the latest that started, or the one before it. @throws HttpFailure 400 saying why there is none. */
export function loggedRun(
  workers: PodWorkers,
  namespace: string,
  podName: string,
  name: string,
  previous: boolean,
): ObservedContainer {
  const worker = podAt(workers, namespace, podName);
  const container = containersOf(worker.current).find(({ spec }) => spec.name === name);
  if (!container) throw new HttpFailure(400, `container "${name}" in pod "${podName}" is not available`);
  const runs = (worker.lastObserved?.containers ?? []).filter((run) => run.name === name && run.state !== 'created');
  const status = statusOf(worker.reported, name);
  // A container between two runs shows the run that ended as its latest: that is what "previous" means then, too.
  const run = previous ? (status?.state?.waiting ? runs[0] : runs[1]) : runs[0];
  if (run) return run;
  if (previous) throw new HttpFailure(400, `previous terminated container "${name}" in pod "${podName}" not found`);
  const reason = status?.state?.waiting?.reason;
  throw new HttpFailure(
    400,
    `container "${name}" in pod "${podName}" is waiting to start: ${waitingTexts[reason ?? ''] ?? reason ?? 'ContainerCreating'}`,
  );
}

const waitingTexts: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
  ErrImageNeverPull: 'image policy (Never) forbids pulling it',
};
