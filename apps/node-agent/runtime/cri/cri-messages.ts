/** CRI v1 messages as proto-loader gives and takes them: camelCase, numbers for 64-bit integers, names for enums. See cri.proto. */
export interface CriRequests {
  version: Record<string, never>;
  status: Record<string, never>;
  runPodSandbox: { config: CriSandboxConfig };
  stopPodSandbox: { podSandboxId: string };
  removePodSandbox: { podSandboxId: string };
  podSandboxStatus: { podSandboxId: string };
  listPodSandbox: { filter?: { labelSelector: Record<string, string> } };
  createContainer: { podSandboxId: string; config: CriContainerConfig; sandboxConfig: CriSandboxConfig };
  startContainer: { containerId: string };
  stopContainer: { containerId: string; timeout: number };
  removeContainer: { containerId: string };
  listContainers: { filter?: { labelSelector: Record<string, string> } };
  containerStatus: { containerId: string };
  execSync: { containerId: string; cmd: readonly string[]; timeout: number };
  exec: { containerId: string; cmd: readonly string[]; tty: boolean; stdin: boolean; stdout: boolean; stderr: boolean };
  attach: { containerId: string; tty: boolean; stdin: boolean; stdout: boolean; stderr: boolean };
  portForward: { podSandboxId: string };
  listContainerStats: Record<string, never>;
  listImages: Record<string, never>;
  imageStatus: { image: { image: string } };
  pullImage: { image: { image: string } };
}

export interface CriAnswers {
  version: { runtimeName: string; runtimeVersion: string };
  status: { status: { conditions: { type: string; status: boolean; reason: string; message: string }[] } | null };
  runPodSandbox: { podSandboxId: string };
  stopPodSandbox: unknown;
  removePodSandbox: unknown;
  podSandboxStatus: { status: CriSandbox & { network: { ip: string; additionalIps: { ip: string }[] } | null } };
  listPodSandbox: { items: CriSandbox[] };
  createContainer: { containerId: string };
  startContainer: unknown;
  stopContainer: unknown;
  removeContainer: unknown;
  listContainers: { containers: CriContainer[] };
  containerStatus: { status: CriContainerStatus };
  execSync: { stdout: Buffer; stderr: Buffer; exitCode: number };
  exec: { url: string };
  attach: { url: string };
  portForward: { url: string };
  listContainerStats: { stats: CriContainerStats[] };
  listImages: { images: CriImage[] };
  imageStatus: { image: CriImage | null };
  pullImage: { imageRef: string };
}

export interface CriSandbox {
  id: string;
  metadata: { name: string; uid: string; namespace: string; attempt: number };
  state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
  /** Nanoseconds since the epoch, as all times of CRI. */
  createdAt: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface CriContainer {
  id: string;
  podSandboxId: string;
  metadata: { name: string; attempt: number };
  image: { image: string } | null;
  imageRef: string;
  state: CriContainerState;
  createdAt: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export type CriContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';

export interface CriContainerStatus extends Omit<CriContainer, 'podSandboxId'> {
  startedAt: number;
  finishedAt: number;
  exitCode: number;
  reason: string;
  message: string;
  imageId: string;
}

export interface CriContainerStats {
  attributes: { metadata: { name: string }; labels: Record<string, string> };
  cpu: { timestamp: number; usageCoreNanoSeconds: { value: number } | null } | null;
  memory: { timestamp: number; workingSetBytes: { value: number } | null } | null;
}

export interface CriImage {
  id: string;
  repoTags: string[];
  repoDigests: string[];
  size: number;
  uid: { value: number } | null;
  username: string;
}

export interface CriSandboxConfig {
  metadata: { name: string; uid: string; namespace: string; attempt: number };
  hostname: string;
  logDirectory: string;
  dnsConfig?: { servers: readonly string[]; searches: readonly string[]; options: readonly string[] };
  portMappings: readonly { protocol: string; containerPort: number; hostPort: number; hostIp: string }[];
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  linux: object;
}

export interface CriContainerConfig {
  metadata: { name: string; attempt: number };
  image: { image: string };
  command: readonly string[];
  args: readonly string[];
  workingDir: string;
  envs: readonly { key: string; value: Buffer }[];
  mounts: readonly { containerPath: string; hostPath: string; readonly: boolean; propagation: string }[];
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  logPath: string;
  stdin: boolean;
  stdinOnce: boolean;
  tty: boolean;
  linux: object;
}
