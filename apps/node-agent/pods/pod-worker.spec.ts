import type { Logger } from '@shiplog/component-base';
import { HollowRuntime } from '../runtime/hollow/hollow-runtime.js';
import { noProbes } from '../probes/no-probes.js';
import { FakePodApi } from '../testing/fake-pod-api.js';
import { aContainer, aPod } from '../testing/pods.js';
import { backoff } from './backoff.js';
import { hollowEnvironment } from './setup/hollow-environment.js';
import type { StoredPod } from './pod.js';
import type { PodHost } from './pod-host.js';
import { PodWorker } from './pod-worker.js';

const silent = { warn: () => undefined, info: () => undefined } as unknown as Logger;

function startWorker(
  pod: StoredPod,
  more: Partial<PodHost> = {},
  runtime = new HollowRuntime({ podCidr: '10.201.1.0/24' }),
) {
  const api = new FakePodApi();
  const events: string[] = [];
  const stop = new AbortController();
  const host: PodHost = {
    runtime,
    api: api.client,
    nodeIps: ['10.200.0.2'],
    environment: hollowEnvironment,
    events: { record: (_pod, _type, reason) => void events.push(reason) },
    restartBackoff: backoff(40, 200),
    imageBackoff: backoff(40, 200),
    log: silent,
    now: Date.now,
    admit: () => undefined,
    probesOf: () => noProbes,
    terminationMessage: () => Promise.resolve(undefined),
    ...more,
  };
  api.pods.set(pod.metadata.name, pod);
  let removed = false;
  const worker = new PodWorker(host, pod, 'RESOURCES/7', () => (removed = true));
  api.onChange = (changed) => worker.update(changed, 'RESOURCES/8');
  void runtime.watch(() => worker.wake(), stop.signal);
  worker.wake();
  const status = () => api.pods.get(pod.metadata.name)?.status;
  const close = () => {
    stop.abort();
    worker.close();
    runtime.close();
  };
  return { api, events, worker, runtime, status, close, isRemoved: () => removed };
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 3_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('PodWorker', () => {
  it('tells a quick start in one write', async () => {
    const { api, status, close } = startWorker(aPod());
    await until(() => status()?.phase === 'Running', 'phase Running');
    expect(api.statuses.map((written) => written?.phase)).toEqual(['Running']);
    close();
  });

  it('tells what a slow start is waiting for', async () => {
    const slow = new HollowRuntime({ podCidr: '10.201.1.0/24', startMilliseconds: 400 });
    const { api, status, close } = startWorker(aPod(), {}, slow);
    await until(() => status()?.phase === 'Running', 'phase Running');
    expect(api.statuses[0]).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
    });
    close();
  });

  it('brings a pod to Running and Ready with its address', async () => {
    const { status, events, close } = startWorker(aPod());
    await until(() => status()?.phase === 'Running', 'phase Running');
    expect(status()).toMatchObject({
      podIP: '10.201.1.2',
      hostIP: '10.200.0.2',
      containerStatuses: [{ name: 'app', ready: true, restartCount: 0, started: true }],
    });
    expect(status()?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(events).toEqual(expect.arrayContaining(['Pulling', 'Pulled', 'Created', 'Started']));
    close();
  });

  it('runs init containers before the others and ends Succeeded when all have completed', async () => {
    const pod = aPod({ restartPolicy: 'Never', initContainers: [aContainer('setup')] });
    const { api, status, close } = startWorker(pod);
    await until(() => status()?.phase === 'Succeeded', 'phase Succeeded');
    const waits = api.statuses.map((s) => s?.containerStatuses?.[0]?.state?.waiting?.reason);
    expect(waits).toContain('PodInitializing');
    expect(status()?.initContainerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    close();
  });

  it('backs off between restarts of a container that keeps failing', async () => {
    const failing = { 'hollow.shiplog.dev/run-seconds': '0.01', 'hollow.shiplog.dev/exit-code': '3' };
    const { status, events, close } = startWorker(aPod({}, undefined, { annotations: failing }));
    await until(() => (status()?.containerStatuses?.[0]?.restartCount ?? 0) >= 2, 'two restarts');
    await until(
      () => status()?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
      'CrashLoopBackOff',
    );
    expect(status()?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(3);
    expect(status()?.phase).toBe('Running');
    expect(events).toContain('BackOff');
    close();
  });

  it('deletes the pod from the API, bound to its uid, once its containers are gone', async () => {
    const slow = { 'hollow.shiplog.dev/stop-seconds': '0.05' };
    const { api, worker, runtime, status, isRemoved, close } = startWorker(aPod({}, undefined, { annotations: slow }));
    await until(() => status()?.phase === 'Running', 'phase Running');
    const pod = api.pods.get('web') as StoredPod;
    const deleting = { ...pod.metadata, deletionTimestamp: '2026-01-01T12:00:30Z', deletionGracePeriodSeconds: 30 };
    api.pods.set('web', { ...pod, metadata: deleting });
    worker.update({ ...pod, metadata: deleting }, 'RESOURCES/9');
    await until(isRemoved, 'the worker ends');
    expect(api.deletes).toEqual([{ uid: 'uid-web', gracePeriodSeconds: 0, cause: 'RESOURCES/8' }]);
    expect(api.statuses.at(-1)?.containerStatuses?.[0]?.state?.terminated).toBeDefined();
    expect(await runtime.list()).toEqual([]);
    close();
  });

  it('finds running containers of an earlier agent and leaves them alone', async () => {
    const first = startWorker(aPod());
    await until(() => first.status()?.phase === 'Running', 'phase Running');
    const before = await first.runtime.observe('uid-web');
    first.worker.close();
    const pod = first.api.pods.get('web') as StoredPod;
    const second = startWorker(pod, {}, first.runtime);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await first.runtime.observe('uid-web')).toEqual(before);
    expect(second.events).toEqual([]);
    expect(second.api.statuses).toEqual([]);
    second.close();
    first.close();
  });

  it('fails a pod that the node refuses, and one whose deadline has passed', async () => {
    const refused = startWorker(aPod(), { admit: () => ({ reason: 'OutOfcpu', message: 'too much' }) });
    await until(() => refused.status()?.phase === 'Failed', 'refused');
    expect(refused.status()).toMatchObject({ reason: 'OutOfcpu', message: 'too much' });
    expect(await refused.runtime.list()).toEqual([]);
    refused.close();

    const late = startWorker(aPod({ activeDeadlineSeconds: 1 }));
    await until(() => late.status()?.phase === 'Failed', 'deadline');
    expect(late.status()?.reason).toBe('DeadlineExceeded');
    late.close();
  });

  it('waits with ErrImagePull, then ImagePullBackOff, for an image that cannot be had', async () => {
    const { api, status, close } = startWorker(
      aPod({ containers: [aContainer('app', { image: 'missing.invalid/x:1' })] }),
      {
        imageBackoff: backoff(1_500, 3_000),
      },
    );
    await until(
      () => status()?.containerStatuses?.[0]?.state?.waiting?.reason === 'ImagePullBackOff',
      'ImagePullBackOff',
    );
    expect(api.statuses.map((s) => s?.containerStatuses?.[0]?.state?.waiting?.reason)).toContain('ErrImagePull');
    expect(status()?.phase).toBe('Pending');
    close();
  });
});
