import type { ContainerSpec, NamespaceSharing, SandboxSpec, SeccompProfile } from '../pod-runtime.js';
import type { CriContainerConfig, CriSandboxConfig } from './cri-messages.js';

/** A sandbox as CRI wants it. Pure. */
export const sandboxConfig = (spec: SandboxSpec): CriSandboxConfig => ({
  metadata: { name: spec.podName, uid: spec.podUid, namespace: spec.podNamespace, attempt: spec.attempt },
  hostname: spec.namespaces.hostNetwork ? '' : spec.hostname,
  logDirectory: spec.logFolder,
  ...(spec.dns ? { dnsConfig: spec.dns } : {}),
  portMappings: spec.portMappings,
  labels: spec.labels,
  annotations: spec.annotations,
  linux: {
    cgroupParent: spec.cgroupParent,
    sysctls: spec.sysctls,
    securityContext: {
      namespaceOptions: namespaceOptions(spec.namespaces),
      runAsUser: int64(spec.runAsUser),
      runAsGroup: int64(spec.runAsGroup),
      supplementalGroups: spec.supplementalGroups,
      privileged: spec.privileged,
      seccomp: seccomp(spec.seccomp),
    },
  },
});

/** A container as CRI wants it. Pure. */
export const containerConfig = (spec: ContainerSpec): CriContainerConfig => ({
  metadata: { name: spec.name, attempt: spec.attempt },
  image: { image: spec.image },
  command: spec.command,
  args: spec.args,
  workingDir: spec.workingDir,
  envs: spec.env.map(([key, value]) => ({ key, value: Buffer.from(value) })),
  mounts: spec.mounts.map(({ containerPath, hostPath, readOnly, propagation }) => ({
    containerPath,
    hostPath,
    readonly: readOnly,
    propagation: propagations[propagation],
  })),
  labels: spec.labels,
  annotations: spec.annotations,
  logPath: spec.logPath,
  stdin: spec.stdin,
  stdinOnce: spec.stdinOnce,
  tty: spec.tty,
  linux: {
    resources: {
      cpuShares: spec.resources.cpuShares,
      cpuPeriod: spec.resources.cpuPeriod,
      cpuQuota: spec.resources.cpuQuota,
      memoryLimitInBytes: spec.resources.memoryLimitBytes,
      oomScoreAdj: spec.resources.oomScoreAdj,
    },
    securityContext: {
      capabilities: {
        addCapabilities: spec.security.addCapabilities,
        dropCapabilities: spec.security.dropCapabilities,
      },
      privileged: spec.security.privileged,
      namespaceOptions: namespaceOptions(spec.namespaces),
      runAsUser: int64(spec.security.runAsUser),
      runAsGroup: int64(spec.security.runAsGroup),
      readonlyRootfs: spec.security.readOnlyRootFilesystem,
      supplementalGroups: spec.security.supplementalGroups,
      noNewPrivs: spec.security.noNewPrivileges,
      maskedPaths: spec.security.maskedPaths,
      readonlyPaths: spec.security.readOnlyPaths,
      seccomp: seccomp(spec.security.seccomp),
    },
  },
});

const propagations = {
  None: 'PROPAGATION_PRIVATE',
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
} as const;

const namespaceOptions = (sharing: NamespaceSharing & { targetContainerId?: string }): object => ({
  network: sharing.hostNetwork ? 'NODE' : 'POD',
  pid: sharing.hostPid ? 'NODE' : sharing.targetContainerId ? 'TARGET' : sharing.shareProcesses ? 'POD' : 'CONTAINER',
  ipc: sharing.hostIpc ? 'NODE' : 'POD',
  targetId: sharing.targetContainerId ?? '',
});

const int64 = (value: number | undefined): { value: number } | undefined =>
  value === undefined ? undefined : { value };

const seccomp = (profile: SeccompProfile): object => ({
  profileType: profile.type,
  localhostRef: profile.type === 'Localhost' ? profile.path : '',
});
