import {
  containerHashAnnotation,
  containerNameLabel,
  podNameLabel,
  podNamespaceLabel,
  podUidLabel,
  type ContainerSpec,
  type ObservedPod,
  type PodRuntime,
  type SandboxSpec,
} from './pod-runtime.js';

/** A runtime to hold to the contract, and containers that do on it what the suite asks for. */
export interface RuntimeUnderTest {
  readonly runtime: PodRuntime;
  readonly image: string;
  readonly missingImage: string;
  readonly logFolder: string;
  /** Makes the container end by itself with this code after about 0.2 s. */
  exitingWith(
    code: number,
    container: ContainerSpec,
    sandbox: SandboxSpec,
  ): { container: ContainerSpec; sandbox: SandboxSpec };
  /** Makes the container ignore SIGTERM. */
  stubborn(container: ContainerSpec, sandbox: SandboxSpec): { container: ContainerSpec; sandbox: SandboxSpec };
  close(): Promise<void>;
}

/** What every PodRuntime has to hold, whatever is behind it. */
export function describePodRuntime(name: string, open: () => Promise<RuntimeUnderTest>): void {
  describe(`PodRuntime ${name}`, () => {
    let under: RuntimeUnderTest;
    let runtime: PodRuntime;
    let pods = 0;
    beforeAll(async () => {
      under = await open();
      runtime = under.runtime;
      if (!(await runtime.image(under.image))) await runtime.pullImage(under.image);
    }, 60_000);
    afterAll(async () => {
      for (const { sandboxes } of await runtime.list()) for (const { id } of sandboxes) await runtime.removeSandbox(id);
      runtime.close();
      await under.close();
    }, 60_000);

    const newSandbox = (): SandboxSpec => sandboxSpec(`pod-${process.pid}-${++pods}`, under.logFolder);
    const newContainer = (sandbox: SandboxSpec, name = 'app', attempt = 0): ContainerSpec =>
      containerSpec(sandbox, under.image, name, attempt);

    async function started(sandbox = newSandbox(), container = newContainer(sandbox)) {
      const sandboxId = await runtime.runSandbox(sandbox);
      const containerId = await runtime.createContainer(sandboxId, container, sandbox);
      await runtime.startContainer(containerId);
      return { sandbox, sandboxId, containerId };
    }

    async function eventually(uid: string, isTrue: (pod: ObservedPod) => boolean): Promise<ObservedPod> {
      for (let tried = 0; tried < 100; tried++) {
        const pod = await runtime.observe(uid);
        if (isTrue(pod)) return pod;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`never came true: ${isTrue.toString()}`);
    }

    it('says what it is and that it is ready', async () => {
      expect(await runtime.version()).toMatch(/^[a-z]+:\/\/\d+\.\d+/);
      const ready = (await runtime.conditions()).filter(({ status }) => status).map(({ type }) => type);
      expect(ready).toEqual(expect.arrayContaining(['RuntimeReady', 'NetworkReady']));
    });

    it('knows nothing of a pod that was never here', async () => {
      expect(await runtime.observe('never-here')).toMatchObject({ sandboxes: [], containers: [] });
    });

    it('gives each sandbox an address of its own', async () => {
      const [a, b] = [newSandbox(), newSandbox()];
      await Promise.all([runtime.runSandbox(a), runtime.runSandbox(b)]);
      const [first, second] = await Promise.all([runtime.observe(a.podUid), runtime.observe(b.podUid)]);
      expect(first.sandboxes[0]).toMatchObject({ ready: true, attempt: 0 });
      expect(first.sandboxes[0]?.ips[0]).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect(first.sandboxes[0]?.ips[0]).not.toBe(second.sandboxes[0]?.ips[0]);
    });

    it('runs a container and reports name, attempt, annotations and when it started', async () => {
      const { sandbox, sandboxId, containerId } = await started();
      const pod = await runtime.observe(sandbox.podUid);
      expect(pod).toMatchObject({ uid: sandbox.podUid, name: sandbox.podName, namespace: 'default' });
      expect(pod.containers).toHaveLength(1);
      expect(pod.containers[0]).toMatchObject({
        id: containerId,
        sandboxId,
        name: 'app',
        attempt: 0,
        state: 'running',
        image: under.image,
      });
      expect(pod.containers[0]?.annotations[containerHashAnnotation]).toBe('hash');
      expect(Math.abs((pod.containers[0]?.startedAt ?? 0) - Date.now())).toBeLessThan(10_000);
      expect((await runtime.list()).map(({ uid }) => uid)).toContain(sandbox.podUid);
    });

    it.each([0, 3])('reports the exit code %d and when it ended, the newest run first', async (code) => {
      const plain = newSandbox();
      const { container, sandbox } = under.exitingWith(code, newContainer(plain), plain);
      const { sandboxId } = await started(sandbox, container);
      const ended = await eventually(sandbox.podUid, ({ containers }) => containers[0]?.state === 'exited');
      expect(ended.containers[0]).toMatchObject({ exitCode: code, reason: code === 0 ? 'Completed' : 'Error' });
      expect(ended.containers[0]?.finishedAt).toBeGreaterThanOrEqual(ended.containers[0]?.startedAt ?? Infinity);
      const again = await runtime.createContainer(sandboxId, { ...container, attempt: 1 }, sandbox);
      await runtime.startContainer(again);
      const { containers } = await runtime.observe(sandbox.podUid);
      expect(containers.map(({ attempt }) => attempt)).toEqual([1, 0]);
    });

    it('tells which pod changed', async () => {
      const stop = new AbortController();
      const changed = new Set<string>();
      const watching = runtime.watch((uid) => changed.add(uid), stop.signal);
      const { sandbox } = await started();
      for (let tried = 0; tried < 100 && !changed.has(sandbox.podUid); tried++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(changed).toContain(sandbox.podUid);
      stop.abort();
      await watching;
    });

    it('kills a container that ignores SIGTERM when its grace is over, and sooner when asked again', async () => {
      const plain = newSandbox();
      const { container, sandbox } = under.stubborn(newContainer(plain), plain);
      const { containerId } = await started(sandbox, container);
      await new Promise((resolve) => setTimeout(resolve, 200));
      const begun = Date.now();
      const patient = runtime.stopContainer(containerId, 30);
      await runtime.stopContainer(containerId, 1);
      expect(Date.now() - begun).toBeGreaterThanOrEqual(900);
      expect((await runtime.observe(sandbox.podUid)).containers[0]).toMatchObject({ state: 'exited', exitCode: 137 });
      await patient;
      expect(Date.now() - begun).toBeLessThan(10_000);
    }, 20_000);

    it('stops and removes without complaint what is stopped, removed or unknown', async () => {
      const { sandbox, sandboxId, containerId } = await started();
      await runtime.stopSandbox(sandboxId);
      const stopped = await runtime.observe(sandbox.podUid);
      expect(stopped.sandboxes[0]?.ready).toBe(false);
      expect(stopped.containers[0]?.state).toBe('exited');
      await runtime.stopSandbox(sandboxId);
      await runtime.stopContainer(containerId, 0);
      for (let twice = 0; twice < 2; twice++) {
        await runtime.removeContainer(containerId);
        await runtime.removeSandbox(sandboxId);
      }
      expect(await runtime.observe(sandbox.podUid)).toMatchObject({ sandboxes: [], containers: [] });
    });

    it('runs a command in a container', async () => {
      const { containerId } = await started();
      expect((await runtime.execute(containerId, ['true'], 5)).exitCode).toBe(0);
    });

    it('has the image that it started from, and says so when one cannot be had', async () => {
      expect(await runtime.image(under.image)).toMatchObject({
        names: expect.arrayContaining([under.image]) as string[],
      });
      expect(await runtime.image(under.missingImage)).toBeUndefined();
      await expect(runtime.pullImage(under.missingImage, AbortSignal.timeout(5_000))).rejects.toMatchObject({
        name: 'RuntimeError',
      });
      const sandbox = newSandbox();
      const id = await runtime.runSandbox(sandbox);
      const missing = { ...newContainer(sandbox), image: under.missingImage };
      await expect(runtime.createContainer(id, missing, sandbox)).rejects.toMatchObject({ name: 'RuntimeError' });
    }, 20_000);
  });
}

const labels = (uid: string): Record<string, string> => ({
  [podUidLabel]: uid,
  [podNameLabel]: uid,
  [podNamespaceLabel]: 'default',
});

const namespaces = { hostNetwork: false, hostPid: false, hostIpc: false, shareProcesses: false };

const sandboxSpec = (uid: string, logFolder: string): SandboxSpec => ({
  podUid: uid,
  podName: uid,
  podNamespace: 'default',
  attempt: 0,
  hostname: uid,
  logFolder,
  portMappings: [],
  labels: labels(uid),
  annotations: {},
  cgroupParent: `/shiplog-test/${uid}`,
  namespaces,
  sysctls: {},
  privileged: false,
  supplementalGroups: [],
  seccomp: { type: 'Unconfined' },
});

const containerSpec = (sandbox: SandboxSpec, image: string, name: string, attempt: number): ContainerSpec => ({
  name,
  attempt,
  image,
  command: [],
  args: [],
  workingDir: '',
  env: [],
  mounts: [],
  labels: { ...labels(sandbox.podUid), [containerNameLabel]: name },
  annotations: { [containerHashAnnotation]: 'hash' },
  logPath: `${sandbox.podUid}-${name}-${attempt}.log`,
  stdin: false,
  stdinOnce: false,
  tty: false,
  resources: { cpuShares: 2, oomScoreAdj: 0 },
  security: {
    supplementalGroups: [],
    addCapabilities: [],
    dropCapabilities: [],
    privileged: false,
    readOnlyRootFilesystem: false,
    noNewPrivileges: false,
    maskedPaths: [],
    readOnlyPaths: [],
    seccomp: { type: 'Unconfined' },
  },
  namespaces,
  runsToCompletion: false,
});
