import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import type { PodSpec } from '@shiplog/domain';
import { podProbes } from '../probes/pod-probes.js';
import { CriRuntime } from '../runtime/cri/cri-runtime.js';
import {
  removeTestCgroups,
  startContainerd,
  testImage,
  whyNoContainers,
  type TestContainerd,
} from '../testing/containerd.js';
import { FakePodApi } from '../testing/fake-pod-api.js';
import { aPod } from '../testing/pods.js';
import { backoff } from './backoff.js';
import type { StoredPod } from './pod.js';
import type { PodHost } from './pod-host.js';
import { PodWorker } from './pod-worker.js';
import { machineEnvironment } from './setup/machine-environment.js';
import { podPaths } from './setup/pod-paths.js';
import { terminationMessage } from './setup/termination-message.js';

const reason = whyNoContainers();
const silent = { warn: () => undefined, info: () => undefined } as unknown as Logger;

/** A pod that uses what a pod can use: init container and sidecar, volumes of all kinds, variables, limits, probes. */
const spec: Partial<PodSpec> = {
  terminationGracePeriodSeconds: 2,
  securityContext: { fsGroup: 2000 },
  initContainers: [
    {
      name: 'setup',
      image: testImage,
      command: ['sh', '-c', 'echo from-init > /data/file'],
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
    { name: 'proxy', image: testImage, restartPolicy: 'Always', command: ['sleep', '1000'] },
  ],
  containers: [
    {
      name: 'app',
      image: testImage,
      command: ['sh', '-c', 'echo hello from $(NAME); exec httpd -f -p 8080 -h /data'],
      env: [
        { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'sec', key: 'key' } } },
      ],
      resources: { limits: { memory: '64Mi', cpu: '500m' } },
      securityContext: { runAsUser: 1234, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      readinessProbe: { httpGet: { port: 8080, path: '/file' }, periodSeconds: 1 },
      livenessProbe: { exec: { command: ['true'] }, periodSeconds: 1 },
      volumeMounts: [
        { name: 'data', mountPath: '/data' },
        { name: 'memory', mountPath: '/memory' },
        { name: 'secret', mountPath: '/secret' },
        { name: 'secret', mountPath: '/one', subPath: 'key' },
      ],
    },
  ],
  volumes: [
    { name: 'data', emptyDir: {} },
    { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
    { name: 'secret', secret: { secretName: 'sec', defaultMode: 0o400 } },
  ],
};

async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tried = 0; !(await isTrue()); tried++) {
    if (tried === 300) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

(reason ? describe.skip : describe)(`a pod on containerd${reason ? `: ${reason}` : ''}`, () => {
  let containerd: TestContainerd;
  let runtime: CriRuntime;
  let host: PodHost;
  const api = new FakePodApi();
  const stop = new AbortController();
  const cgroupRoot = `/shiplog-test-${process.pid}`;
  const uid = `uid-${process.pid}`;
  let worker: PodWorker;
  let removed = false;

  beforeAll(async () => {
    containerd = await startContainerd('10.213.8.0/24');
    runtime = new CriRuntime(containerd.socket);
    const paths = podPaths(containerd.folder);
    const nodeIps = ['127.0.0.1'];
    const events = { record: () => undefined };
    host = {
      runtime,
      api: api.client as ApiClient,
      nodeIps,
      events,
      log: silent,
      now: Date.now,
      restartBackoff: backoff(),
      imageBackoff: backoff(),
      admit: () => undefined,
      probesOf: (_uid, onChange) => podProbes({ runtime, nodeIps, events, now: Date.now }, onChange),
      terminationMessage: (pod, run) => terminationMessage(paths, pod, run),
      environment: machineEnvironment({
        runtime,
        paths,
        nodeIps,
        allocatable: {},
        memoryBytes: 2 ** 34,
        cgroupRoot,
        cluster: { server: '10.96.0.10', domain: 'cluster.local' },
        hostDns: { servers: [], searches: [], options: [] },
        objects: {
          configMap: () => Promise.resolve(undefined),
          secret: () =>
            Promise.resolve({
              apiVersion: 'v1',
              kind: 'Secret',
              metadata: {},
              data: { key: Buffer.from('hidden').toString('base64') },
            }),
        },
        tokens: { token: () => Promise.resolve('token'), forget: () => undefined },
        services: () => [],
      }),
    };
    api.pods.set('web', aPod(spec, undefined, { uid }));
    begin();
  }, 60_000);
  afterAll(async () => {
    stop.abort();
    worker.close();
    for (const { sandboxes } of await runtime.list()) for (const { id } of sandboxes) await runtime.removeSandbox(id);
    runtime.close();
    await containerd.stop();
    removeTestCgroups(cgroupRoot);
  }, 60_000);

  function begin(): void {
    const started = new PodWorker(host, api.pods.get('web') as StoredPod, 'RESOURCES/7', () => (removed = true));
    worker = started;
    api.onChange = (pod) => started.update(pod, 'RESOURCES/8');
    void runtime.watch(() => started.wake(), stop.signal);
    started.wake();
  }

  const status = () => api.pods.get('web')?.status;
  const app = () => status()?.containerStatuses?.[0];
  const isReady = () =>
    status()?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  const inApp = async (...command: string[]): Promise<string> =>
    (await runtime.execute(app()?.containerID?.replace('containerd://', '') ?? '', command, 5)).stdout.toString();

  it('becomes ready', async () => {
    await until(isReady, 'Ready');
    expect(status()).toMatchObject({
      phase: 'Running',
      podIP: expect.stringMatching(/^10\.213\.8\./) as string,
      qosClass: 'Burstable',
    });
    expect(status()?.initContainerStatuses?.map(({ ready }) => ready)).toEqual([true, true]);
  }, 30_000);

  it('has its variables, volumes, files and identity', async () => {
    expect(await inApp('sh', '-c', 'echo $NAME $SECRET; cat /data/file /secret/key /one; id -u; id -G')).toBe(
      'web hidden\nfrom-init\nhiddenhidden1234\n1234 2000\n',
    );
    expect(await inApp('sh', '-c', 'touch /x 2>&1; touch /data/mine /memory/mine && echo written')).toMatch(
      /Read-only file system\nwritten/,
    );
    expect(await inApp('cat', '/etc/hosts')).toContain(`${status()?.podIP}\tweb`);
    expect(await inApp('cat', '/etc/resolv.conf')).toContain(
      'search default.svc.cluster.local svc.cluster.local cluster.local',
    );
    const log = join(podPaths(containerd.folder).logs('default', 'web', uid), 'app/0.log');
    expect(readFileSync(log, 'utf8')).toContain('stdout F hello from web');
  });

  it('is restarted when its process dies, its volumes kept', async () => {
    const before = app()?.containerID;
    await runtime.stopContainer(before?.replace('containerd://', '') ?? '', 0);
    await until(() => app()?.containerID !== before && isReady(), 'a second run');
    expect(app()).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 137 } } });
    expect(await inApp('ls', '/data')).toBe('file\nmine\n');
  }, 30_000);

  it('runs on while its agent is away, and is not touched by the next one', async () => {
    worker.close();
    const before = await runtime.observe(uid);
    begin();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const after = await runtime.observe(uid);
    expect(after.containers.map(({ id, state }) => [id, state])).toEqual(
      before.containers.map(({ id, state }) => [id, state]),
    );
    expect(isReady()).toBe(true);
  }, 10_000);

  it('leaves nothing behind when it is deleted', async () => {
    const pod = api.pods.get('web') as StoredPod;
    const metadata = { ...pod.metadata, deletionTimestamp: new Date().toISOString(), deletionGracePeriodSeconds: 2 };
    api.pods.set('web', { ...pod, metadata });
    worker.update({ ...pod, metadata }, 'RESOURCES/9');
    await until(() => removed, 'removed');
    expect(api.deletes).toEqual([
      { uid, gracePeriodSeconds: 0, cause: expect.stringMatching(/^RESOURCES\//) as string },
    ]);
    expect(await runtime.observe(uid)).toMatchObject({ sandboxes: [], containers: [] });
    expect(execFileSync('mount', { encoding: 'utf8' })).not.toContain(`${containerd.folder}/pods`);
    expect(readdirSync(join(containerd.folder, 'pods'))).toEqual([]);
    expect(readdirSync(join(containerd.folder, 'logs'))).toEqual([]);
    expect(existsSync(`/sys/fs/cgroup/memory${cgroupRoot}/burstable/pod${uid}`)).toBe(false);
  }, 30_000);
});
