import {
  containerNameLabel,
  podNameLabel,
  podNamespaceLabel,
  podUidLabel,
  RuntimeError,
  type ContainerSpec,
  type ContainerUsage,
  type ExecutionResult,
  type Image,
  type ObservedContainer,
  type ObservedPod,
  type ObservedSandbox,
  type PodRuntime,
  type RuntimeCondition,
  type SandboxSpec,
  type StreamOptions,
} from '../pod-runtime.js';
import { connectCri, type CriClient } from './cri-client.js';
import { containerConfig, sandboxConfig } from './cri-configs.js';
import type { CriContainer, CriContainerStatus, CriImage, CriSandbox } from './cri-messages.js';
import { relist } from './relist.js';

const pullTimeout = 600_000;

/** Pods on containerd, or any runtime that speaks CRI v1, at a UNIX socket. Stateless: what is there is asked each time. */
export class CriRuntime implements PodRuntime {
  readonly name = 'cri';
  private readonly cri: CriClient;

  constructor(socket: string) {
    this.cri = connectCri(socket);
  }

  async version(signal?: AbortSignal): Promise<string> {
    const { runtimeName, runtimeVersion } = await this.cri.call('version', {}, { signal, timeoutMs: 30_000 });
    return `${runtimeName}://${runtimeVersion.replace(/^v/, '').replace(/~.*/, '')}`;
  }

  async conditions(signal?: AbortSignal): Promise<RuntimeCondition[]> {
    const { status } = await this.cri.call('status', {}, { signal, timeoutMs: 10_000 });
    return status?.conditions ?? [];
  }

  async list(signal?: AbortSignal): Promise<ObservedPod[]> {
    const [{ items }, { containers }] = await Promise.all([
      this.cri.call('listPodSandbox', {}, { signal }),
      this.cri.call('listContainers', {}, { signal }),
    ]);
    const uids = new Set(
      [...items, ...containers].map(({ labels }) => labels[podUidLabel]).filter((uid) => uid !== undefined),
    );
    return [...uids].map((uid) => {
      const sandboxes = items.filter(({ labels }) => labels[podUidLabel] === uid);
      const own = containers.filter(({ labels }) => labels[podUidLabel] === uid);
      return observedPod(
        uid,
        sandboxes.map((s) => observedSandbox(s)),
        own.map((c) => observedContainer(c, c.podSandboxId)),
        sandboxes[0] ?? own[0],
      );
    });
  }

  async observe(uid: string, signal?: AbortSignal): Promise<ObservedPod> {
    const filter = { labelSelector: { [podUidLabel]: uid } };
    const [{ items }, { containers }] = await Promise.all([
      this.cri.call('listPodSandbox', { filter }, { signal }),
      this.cri.call('listContainers', { filter }, { signal }),
    ]);
    const [sandboxes, runs] = await Promise.all([
      present(items.map((sandbox) => this.sandbox(sandbox, signal))),
      present(containers.map((container) => this.container(container, signal))),
    ]);
    return observedPod(uid, sandboxes, runs, items[0] ?? containers[0]);
  }

  watch(changed: (podUid: string) => void, signal: AbortSignal): Promise<void> {
    return relist(() => this.list(signal), changed, signal);
  }

  async runSandbox(spec: SandboxSpec, signal?: AbortSignal): Promise<string> {
    const { podSandboxId } = await this.cri.call('runPodSandbox', { config: sandboxConfig(spec) }, { signal });
    return podSandboxId;
  }

  async stopSandbox(podSandboxId: string): Promise<void> {
    await unlessGone(this.cri.call('stopPodSandbox', { podSandboxId }));
  }

  async removeSandbox(podSandboxId: string): Promise<void> {
    await unlessGone(this.cri.call('removePodSandbox', { podSandboxId }));
  }

  async createContainer(podSandboxId: string, spec: ContainerSpec, sandbox: SandboxSpec): Promise<string> {
    const request = { podSandboxId, config: containerConfig(spec), sandboxConfig: sandboxConfig(sandbox) };
    return (await this.cri.call('createContainer', request)).containerId;
  }

  async startContainer(containerId: string): Promise<void> {
    await this.cri.call('startContainer', { containerId });
  }

  async stopContainer(containerId: string, graceSeconds: number): Promise<void> {
    const timeout = Math.max(0, Math.ceil(graceSeconds));
    await unlessGone(this.cri.call('stopContainer', { containerId, timeout }, { timeoutMs: (timeout + 120) * 1000 }));
  }

  async removeContainer(containerId: string): Promise<void> {
    await unlessGone(this.cri.call('removeContainer', { containerId }));
  }

  async images(signal?: AbortSignal): Promise<Image[]> {
    return (await this.cri.call('listImages', {}, { signal })).images.map(asImage);
  }

  async image(reference: string): Promise<Image | undefined> {
    const { image } = await this.cri.call('imageStatus', { image: { image: reference } });
    return image ? asImage(image) : undefined;
  }

  async pullImage(reference: string, signal?: AbortSignal): Promise<void> {
    await this.cri.call('pullImage', { image: { image: reference } }, { signal, timeoutMs: pullTimeout });
  }

  async execute(containerId: string, cmd: readonly string[], timeoutSeconds: number): Promise<ExecutionResult> {
    const timeoutMs = (timeoutSeconds + 5) * 1000;
    return this.cri.call('execSync', { containerId, cmd, timeout: Math.ceil(timeoutSeconds) }, { timeoutMs });
  }

  async execUrl(containerId: string, cmd: readonly string[], streams: StreamOptions): Promise<URL> {
    return new URL((await this.cri.call('exec', { containerId, cmd, ...streams })).url);
  }

  async attachUrl(containerId: string, streams: StreamOptions): Promise<URL> {
    return new URL((await this.cri.call('attach', { containerId, ...streams })).url);
  }

  async portForwardUrl(podSandboxId: string): Promise<URL> {
    return new URL((await this.cri.call('portForward', { podSandboxId })).url);
  }

  async usage(signal?: AbortSignal): Promise<ContainerUsage[]> {
    const { stats } = await this.cri.call('listContainerStats', {}, { signal });
    return stats.map(({ attributes: { labels }, cpu, memory }) => ({
      podUid: labels[podUidLabel] ?? '',
      podName: labels[podNameLabel] ?? '',
      podNamespace: labels[podNamespaceLabel] ?? '',
      container: labels[containerNameLabel] ?? '',
      at: milliseconds(cpu?.timestamp ?? memory?.timestamp ?? 0),
      cpuNanoseconds: cpu?.usageCoreNanoSeconds?.value,
      workingSetBytes: memory?.workingSetBytes?.value,
    }));
  }

  close(): void {
    this.cri.close();
  }

  private async sandbox({ id }: CriSandbox, signal?: AbortSignal): Promise<ObservedSandbox> {
    const { status } = await this.cri.call('podSandboxStatus', { podSandboxId: id }, { signal });
    const { network } = status;
    const ips = [network?.ip, ...(network?.additionalIps ?? []).map(({ ip }) => ip)].filter(
      (ip) => ip !== undefined && ip !== '',
    );
    return { ...observedSandbox(status), ips: ips as string[] };
  }

  private async container({ id, podSandboxId }: CriContainer, signal?: AbortSignal): Promise<ObservedContainer> {
    const { status } = await this.cri.call('containerStatus', { containerId: id }, { signal });
    return observedContainer(status, podSandboxId);
  }
}

const milliseconds = (nanoseconds: number): number => Math.floor(nanoseconds / 1e6);

function observedPod(
  uid: string,
  sandboxes: ObservedSandbox[],
  containers: ObservedContainer[],
  any: { labels: Record<string, string> } | undefined,
): ObservedPod {
  return {
    uid,
    name: any?.labels[podNameLabel] ?? '',
    namespace: any?.labels[podNamespaceLabel] ?? '',
    sandboxes: sandboxes.toSorted((a, b) => b.createdAt - a.createdAt),
    containers: containers.toSorted((a, b) => b.createdAt - a.createdAt),
  };
}

const observedSandbox = ({ id, metadata, state, createdAt, annotations }: CriSandbox): ObservedSandbox => ({
  id,
  attempt: metadata.attempt,
  ready: state === 'SANDBOX_READY',
  createdAt: milliseconds(createdAt),
  ips: [],
  annotations,
});

const states = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
} as const;

function observedContainer(run: CriContainer | CriContainerStatus, sandboxId: string): ObservedContainer {
  const { id, metadata, state, createdAt, image, imageRef, annotations } = run;
  const common = {
    id,
    sandboxId,
    name: metadata.name,
    attempt: metadata.attempt,
    state: states[state],
    createdAt: milliseconds(createdAt),
    image: image?.image ?? '',
    imageId: imageRef,
    annotations,
  };
  if (!('exitCode' in run)) return common;
  return {
    ...common,
    imageId: run.imageId || imageRef,
    startedAt: run.startedAt > 0 ? milliseconds(run.startedAt) : undefined,
    ...(state === 'CONTAINER_EXITED'
      ? {
          finishedAt: milliseconds(run.finishedAt),
          exitCode: run.exitCode,
          reason: run.reason || undefined,
          message: run.message || undefined,
        }
      : {}),
  };
}

const asImage = ({ id, repoTags, repoDigests, size, uid, username }: CriImage): Image => ({
  id,
  names: repoTags,
  digests: repoDigests,
  sizeBytes: size,
  ...(uid ? { uid: uid.value } : {}),
  ...(username ? { userName: username } : {}),
});

/** Leaves out what was removed while it was asked for. */
async function present<T>(pending: Promise<T>[]): Promise<T[]> {
  const found = await Promise.all(pending.map((one) => unlessGone(one)));
  return found.filter((one) => one !== undefined);
}

async function unlessGone<T>(pending: Promise<T>): Promise<T | undefined> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof RuntimeError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}
