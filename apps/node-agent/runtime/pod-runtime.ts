/** What a container runtime must offer the node-agent. Implementations: `cri` (containerd) and `hollow` (simulation); one contract suite holds both. */
export interface PodRuntime {
  readonly name: string;
  /** Name and version as nodeInfo.containerRuntimeVersion shows them: `containerd://1.6.20`. */
  version(signal?: AbortSignal): Promise<string>;
  /** Conditions RuntimeReady and NetworkReady. */
  conditions(signal?: AbortSignal): Promise<RuntimeCondition[]>;

  /** Every pod that has a sandbox or a container here, without what only `observe` tells (exit codes, addresses). */
  list(signal?: AbortSignal): Promise<ObservedPod[]>;
  /** Everything about one pod; sandboxes and containers newest first. A pod that was never here has neither. */
  observe(podUid: string, signal?: AbortSignal): Promise<ObservedPod>;
  /** Calls `changed` with the uid of a pod whose sandboxes or containers changed; some calls may be needless. Ends with the signal. */
  watch(changed: (podUid: string) => void, signal: AbortSignal): Promise<void>;

  runSandbox(spec: SandboxSpec, signal?: AbortSignal): Promise<string>;
  /** Stops the sandbox and kills what runs in it. Repeating it is no error, nor is an unknown id. */
  stopSandbox(sandboxId: string): Promise<void>;
  removeSandbox(sandboxId: string): Promise<void>;

  createContainer(sandboxId: string, spec: ContainerSpec, sandbox: SandboxSpec): Promise<string>;
  /** @throws RuntimeError if the program cannot be started; the container is then exited. */
  startContainer(containerId: string): Promise<void>;
  /** SIGTERM, then SIGKILL after `graceSeconds`; resolves when the container has exited. Repeating it with less grace shortens the wait. */
  stopContainer(containerId: string, graceSeconds: number): Promise<void>;
  removeContainer(containerId: string): Promise<void>;

  images(signal?: AbortSignal): Promise<Image[]>;
  image(reference: string): Promise<Image | undefined>;
  /** @throws RuntimeError if the image cannot be had. */
  pullImage(reference: string, signal?: AbortSignal): Promise<void>;

  /** Runs a command to its end. @throws RuntimeError with reason `DeadlineExceeded` after `timeoutSeconds`. */
  execute(containerId: string, command: readonly string[], timeoutSeconds: number): Promise<ExecutionResult>;
  /** Address of a server that streams the session over SPDY/3.1. @throws RuntimeError if this runtime has no processes to talk to. */
  execUrl(containerId: string, command: readonly string[], streams: StreamOptions): Promise<URL>;
  attachUrl(containerId: string, streams: StreamOptions): Promise<URL>;
  portForwardUrl(sandboxId: string): Promise<URL>;

  usage(signal?: AbortSignal): Promise<ContainerUsage[]>;
  close(): void;
}

/** A fault of the runtime, with a machine-readable reason. */
export class RuntimeError extends Error {
  constructor(
    readonly reason: 'NotFound' | 'InvalidArgument' | 'DeadlineExceeded' | 'Unavailable' | 'Unsupported' | 'Failed',
    message: string,
  ) {
    super(message);
    this.name = 'RuntimeError';
  }
}

export interface RuntimeCondition {
  readonly type: string;
  readonly status: boolean;
  readonly reason?: string;
  readonly message?: string;
}

export interface ObservedPod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly sandboxes: readonly ObservedSandbox[];
  readonly containers: readonly ObservedContainer[];
}

export interface ObservedSandbox {
  readonly id: string;
  readonly attempt: number;
  readonly ready: boolean;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  /** Addresses in the pod network; empty with host networking. */
  readonly ips: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ObservedContainer {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string;
  readonly attempt: number;
  readonly state: 'created' | 'running' | 'exited' | 'unknown';
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly image: string;
  readonly imageId: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface SandboxSpec {
  readonly podUid: string;
  readonly podName: string;
  readonly podNamespace: string;
  readonly attempt: number;
  readonly hostname: string;
  readonly logFolder: string;
  readonly dns?: DnsConfig;
  readonly portMappings: readonly PortMapping[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly cgroupParent: string;
  readonly namespaces: NamespaceSharing;
  readonly sysctls: Readonly<Record<string, string>>;
  readonly privileged: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly supplementalGroups: readonly number[];
  readonly seccomp: SeccompProfile;
}

export interface NamespaceSharing {
  readonly hostNetwork: boolean;
  readonly hostPid: boolean;
  readonly hostIpc: boolean;
  readonly shareProcesses: boolean;
}

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface PortMapping {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIp: string;
}

export type SeccompProfile =
  { readonly type: 'RuntimeDefault' | 'Unconfined' } | { readonly type: 'Localhost'; readonly path: string };

export interface ContainerSpec {
  readonly name: string;
  readonly attempt: number;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly env: readonly (readonly [name: string, value: string])[];
  readonly mounts: readonly Mount[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Below the sandbox's log folder. */
  readonly logPath: string;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  readonly resources: ContainerResources;
  readonly security: ContainerSecurity;
  readonly namespaces: NamespaceSharing & { readonly targetContainerId?: string };
  /** When the container is expected to end by itself; what a simulation goes by. */
  readonly runsToCompletion: boolean;
}

export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly: boolean;
  readonly propagation: 'None' | 'HostToContainer' | 'Bidirectional';
}

export interface ContainerResources {
  readonly cpuShares: number;
  readonly cpuPeriod?: number;
  readonly cpuQuota?: number;
  readonly memoryLimitBytes?: number;
  readonly oomScoreAdj: number;
}

export interface ContainerSecurity {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly supplementalGroups: readonly number[];
  readonly addCapabilities: readonly string[];
  readonly dropCapabilities: readonly string[];
  readonly privileged: boolean;
  readonly readOnlyRootFilesystem: boolean;
  readonly noNewPrivileges: boolean;
  readonly maskedPaths: readonly string[];
  readonly readOnlyPaths: readonly string[];
  readonly seccomp: SeccompProfile;
}

export interface Image {
  readonly id: string;
  readonly names: readonly string[];
  readonly digests: readonly string[];
  readonly sizeBytes: number;
  /** The user that the image names: a number, or a name that has to be looked up inside. */
  readonly uid?: number;
  readonly userName?: string;
}

export interface ExecutionResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface StreamOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface ContainerUsage {
  readonly podUid: string;
  readonly podName: string;
  readonly podNamespace: string;
  readonly container: string;
  readonly at: number;
  readonly cpuNanoseconds?: number;
  readonly workingSetBytes?: number;
}

/** Labels and annotations by which a restarted agent recognizes what it started. The names are the kubelet's, so that crictl shows them. */
export const podNameLabel = 'io.kubernetes.pod.name';
export const podNamespaceLabel = 'io.kubernetes.pod.namespace';
export const podUidLabel = 'io.kubernetes.pod.uid';
export const containerNameLabel = 'io.kubernetes.container.name';
export const containerHashAnnotation = 'io.kubernetes.container.hash';
export const gracePeriodAnnotation = 'io.kubernetes.pod.terminationGracePeriod';
