import {
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
} from '../pod-runtime.js';
import { Timetable, type Cancel } from '../../node/timetable.js';
import { addressPool, type AddressPool } from './address-pool.js';
import { scheduleOf, type HollowSchedule } from './hollow-schedule.js';

interface HollowSandbox {
  readonly id: string;
  readonly spec: SandboxSpec;
  readonly createdAt: number;
  ready: boolean;
  ip: string | undefined;
}

interface HollowContainer {
  readonly id: string;
  readonly sandbox: HollowSandbox;
  readonly spec: ContainerSpec;
  readonly schedule: HollowSchedule;
  readonly createdAt: number;
  state: ObservedContainer['state'];
  startedAt?: number;
  finishedAt?: number;
  exitCode?: number;
  reason?: string;
  onEnd?: () => void;
}

export interface HollowOptions {
  readonly podCidr: string;
  /** How long a sandbox and a container take to start. */
  readonly startMilliseconds?: number;
  /** When what is simulated happens; may be shared by the runtimes of a process. */
  readonly timetable?: Timetable;
}

/**
 * Simulated containers on a schedule: they start, run and end in time, and have no processes. Every image exists, except on the
 * host `missing.invalid`. What a container does comes from its pod's annotations (hollow-schedule.ts).
 */
export class HollowRuntime implements PodRuntime {
  readonly name = 'hollow';
  private readonly sandboxes = new Map<string, HollowSandbox>();
  private readonly containers = new Map<string, HollowContainer>();
  private readonly images_ = new Map<string, Image>();
  private readonly addresses: AddressPool;
  private readonly watchers = new Set<(podUid: string) => void>();
  private readonly pending = new Set<Cancel>();
  private readonly timetable: Timetable;
  private created = 0;

  constructor(private readonly options: HollowOptions) {
    this.addresses = addressPool(options.podCidr);
    this.timetable = options.timetable ?? new Timetable();
  }

  version = (): Promise<string> => Promise.resolve('hollow://1.0.0');

  conditions = (): Promise<RuntimeCondition[]> =>
    Promise.resolve([
      { type: 'RuntimeReady', status: true },
      { type: 'NetworkReady', status: true },
    ]);

  list(): Promise<ObservedPod[]> {
    const uids = new Set([...this.sandboxes.values()].map(({ spec }) => spec.podUid));
    return Promise.all([...uids].map((uid) => this.observe(uid)));
  }

  observe(uid: string): Promise<ObservedPod> {
    const sandboxes = [...this.sandboxes.values()].filter(({ spec }) => spec.podUid === uid).reverse();
    const containers = [...this.containers.values()].filter(({ sandbox }) => sandbox.spec.podUid === uid).reverse();
    const spec = sandboxes[0]?.spec;
    return Promise.resolve({
      uid,
      name: spec?.podName ?? '',
      namespace: spec?.podNamespace ?? '',
      sandboxes: sandboxes.map(observedSandbox),
      containers: containers.map(observedContainer),
    });
  }

  watch(changed: (podUid: string) => void, signal: AbortSignal): Promise<void> {
    this.watchers.add(changed);
    return new Promise((resolve) => {
      const end = (): void => {
        this.watchers.delete(changed);
        resolve();
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  }

  async runSandbox(spec: SandboxSpec, signal?: AbortSignal): Promise<string> {
    await this.startUp(signal);
    const id = this.newId();
    const ip = spec.namespaces.hostNetwork ? undefined : this.addresses.take();
    this.sandboxes.set(id, { id, spec, createdAt: this.now(), ready: true, ip });
    this.changed(spec.podUid);
    return id;
  }

  stopSandbox(sandboxId: string): Promise<void> {
    const sandbox = this.sandboxes.get(sandboxId);
    if (!sandbox?.ready) return Promise.resolve();
    for (const container of this.containers.values()) {
      if (container.sandbox === sandbox && container.state === 'running') this.end(container, 137, 'Error');
    }
    sandbox.ready = false;
    if (sandbox.ip !== undefined) this.addresses.release(sandbox.ip);
    sandbox.ip = undefined;
    this.changed(sandbox.spec.podUid);
    return Promise.resolve();
  }

  async removeSandbox(sandboxId: string): Promise<void> {
    await this.stopSandbox(sandboxId);
    for (const { id, sandbox } of [...this.containers.values()]) {
      if (sandbox.id === sandboxId) this.containers.delete(id);
    }
    const sandbox = this.sandboxes.get(sandboxId);
    this.sandboxes.delete(sandboxId);
    if (sandbox) this.changed(sandbox.spec.podUid);
  }

  async createContainer(sandboxId: string, spec: ContainerSpec): Promise<string> {
    const sandbox = this.sandboxes.get(sandboxId);
    if (!sandbox) throw new RuntimeError('NotFound', `no sandbox ${sandboxId}`);
    if (!(await this.image(spec.image))) throw new RuntimeError('NotFound', `no image ${spec.image}`);
    const id = this.newId();
    const schedule = scheduleOf(sandbox.spec.annotations, spec);
    this.containers.set(id, { id, sandbox, spec, schedule, createdAt: this.now(), state: 'created' });
    return id;
  }

  async startContainer(containerId: string): Promise<void> {
    const container = this.known(containerId);
    await this.startUp();
    if (container.state !== 'created') throw new RuntimeError('Failed', `container ${containerId} was started before`);
    container.state = 'running';
    container.startedAt = this.now();
    this.changed(container.sandbox.spec.podUid);
    const { runMilliseconds, exitCode } = container.schedule;
    if (runMilliseconds === undefined) return;
    this.after(runMilliseconds, () => this.end(container, exitCode, exitCode === 0 ? 'Completed' : 'Error'));
  }

  async stopContainer(containerId: string, graceSeconds: number): Promise<void> {
    const container = this.containers.get(containerId);
    if (container?.state !== 'running') return;
    const { stopMilliseconds } = container.schedule;
    const killed = stopMilliseconds > graceSeconds * 1000;
    const ended = new Promise<void>((resolve) => {
      const others = container.onEnd;
      container.onEnd = () => (others?.(), resolve());
    });
    this.after(Math.min(stopMilliseconds, graceSeconds * 1000), () =>
      this.end(container, killed ? 137 : container.schedule.exitCodeOnStop, killed ? 'Error' : 'Completed'),
    );
    await ended;
  }

  removeContainer(containerId: string): Promise<void> {
    const container = this.containers.get(containerId);
    if (!container) return Promise.resolve();
    if (container.state === 'running') this.end(container, 137, 'Error');
    this.containers.delete(containerId);
    this.changed(container.sandbox.spec.podUid);
    return Promise.resolve();
  }

  images = (): Promise<Image[]> => Promise.resolve([...this.images_.values()]);

  image(reference: string): Promise<Image | undefined> {
    return Promise.resolve(this.images_.get(reference));
  }

  pullImage(reference: string): Promise<void> {
    if (reference.startsWith('missing.invalid/'))
      return Promise.reject(new RuntimeError('NotFound', `failed to pull image "${reference}": not found`));
    const id = `sha256:${Buffer.from(reference).toString('hex').padEnd(64, '0').slice(0, 64)}`;
    this.images_.set(reference, { id, names: [reference], digests: [], sizeBytes: 1_000_000 });
    return Promise.resolve();
  }

  execute(containerId: string): Promise<ExecutionResult> {
    const { state, schedule } = this.known(containerId);
    if (state !== 'running') throw new RuntimeError('Failed', `container ${containerId} is not running`);
    return Promise.resolve({ exitCode: schedule.probeExitCode, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) });
  }

  execUrl = (): Promise<URL> => Promise.reject(noProcesses());
  attachUrl = (): Promise<URL> => Promise.reject(noProcesses());
  portForwardUrl = (): Promise<URL> => Promise.reject(noProcesses());
  usage = (): Promise<ContainerUsage[]> => Promise.resolve([]);

  close(): void {
    for (const cancel of this.pending) cancel();
    this.pending.clear();
    if (this.options.timetable === undefined) this.timetable.close();
  }

  private end(container: HollowContainer, exitCode: number, reason: string): void {
    if (container.state !== 'running') return;
    Object.assign(container, { state: 'exited', finishedAt: this.now(), exitCode, reason });
    container.onEnd?.();
    this.changed(container.sandbox.spec.podUid);
  }

  private known(containerId: string): HollowContainer {
    const container = this.containers.get(containerId);
    if (!container) throw new RuntimeError('NotFound', `no container ${containerId}`);
    return container;
  }

  private startUp(signal?: AbortSignal): Promise<void> {
    const delay = this.options.startMilliseconds ?? 0;
    signal?.throwIfAborted();
    return delay === 0 ? Promise.resolve() : new Promise((resolve) => this.after(delay, resolve));
  }

  private after(milliseconds: number, act: () => void): void {
    const cancel = this.timetable.after(milliseconds, () => {
      this.pending.delete(cancel);
      act();
    });
    this.pending.add(cancel);
  }

  private now(): number {
    return this.timetable.now();
  }

  private newId = (): string => (++this.created).toString(16).padStart(64, '0');

  private changed(podUid: string): void {
    for (const notify of this.watchers) notify(podUid);
  }
}

const noProcesses = (): RuntimeError =>
  new RuntimeError('Unsupported', 'containers of a hollow node are simulated: there is no process to talk to');

const observedSandbox = ({ id, spec, createdAt, ready, ip }: HollowSandbox): ObservedSandbox => ({
  id,
  attempt: spec.attempt,
  ready,
  createdAt,
  ips: ip === undefined ? [] : [ip],
  annotations: spec.annotations,
});

const observedContainer = (container: HollowContainer): ObservedContainer => ({
  id: container.id,
  sandboxId: container.sandbox.id,
  name: container.spec.name,
  attempt: container.spec.attempt,
  state: container.state,
  createdAt: container.createdAt,
  startedAt: container.startedAt,
  finishedAt: container.finishedAt,
  exitCode: container.exitCode,
  reason: container.reason,
  image: container.spec.image,
  imageId: container.spec.image,
  annotations: container.spec.annotations,
});
