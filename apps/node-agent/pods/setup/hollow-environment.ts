import {
  containerHashAnnotation,
  containerNameLabel,
  gracePeriodAnnotation,
  podNameLabel,
  podNamespaceLabel,
  podUidLabel,
  type ContainerSpec,
  type NamespaceSharing,
} from '../../runtime/pod-runtime.js';
import { containerHash } from '../container-hash.js';
import type { PodContainer, StoredPod } from '../pod.js';
import type { PodEnvironment } from '../pod-host.js';

/** What simulated containers find around them: nothing is mounted, read or written. */
export const hollowEnvironment: PodEnvironment = {
  prepare: () => Promise.resolve(),
  sandboxSpec: (pod, attempt) => ({
    podUid: pod.metadata.uid,
    podName: pod.metadata.name,
    podNamespace: pod.metadata.namespace,
    attempt,
    hostname: pod.spec.hostname ?? pod.metadata.name,
    logFolder: '',
    portMappings: [],
    labels: podLabels(pod),
    annotations: {
      ...pod.metadata.annotations,
      [gracePeriodAnnotation]: String(pod.spec.terminationGracePeriodSeconds ?? 30),
    },
    cgroupParent: '',
    namespaces: namespacesOf(pod),
    sysctls: {},
    privileged: false,
    supplementalGroups: [],
    seccomp: { type: 'Unconfined' },
  }),
  containerSpec: (pod, container, attempt) =>
    Promise.resolve<ContainerSpec>({
      name: container.spec.name,
      attempt,
      image: container.spec.image ?? '',
      command: container.spec.command ?? [],
      args: container.spec.args ?? [],
      workingDir: '',
      env: [],
      mounts: [],
      labels: { ...podLabels(pod), [containerNameLabel]: container.spec.name },
      annotations: { [containerHashAnnotation]: containerHash(container.spec) },
      logPath: '',
      stdin: false,
      stdinOnce: false,
      tty: false,
      resources: { cpuShares: 2, oomScoreAdj: 0 },
      security: unconfined,
      namespaces: namespacesOf(pod),
      runsToCompletion: runsToCompletion(pod, container),
    }),
  releaseVolumes: () => Promise.resolve(),
  leftovers: () => Promise.resolve([]),
  remove: () => Promise.resolve(),
};

const unconfined: ContainerSpec['security'] = {
  supplementalGroups: [],
  addCapabilities: [],
  dropCapabilities: [],
  privileged: false,
  readOnlyRootFilesystem: false,
  noNewPrivileges: false,
  maskedPaths: [],
  readOnlyPaths: [],
  seccomp: { type: 'Unconfined' },
};

export const podLabels = ({ metadata }: StoredPod): Record<string, string> => ({
  ...metadata.labels,
  [podNameLabel]: metadata.name,
  [podNamespaceLabel]: metadata.namespace,
  [podUidLabel]: metadata.uid,
});

export const namespacesOf = ({ spec }: StoredPod): NamespaceSharing => ({
  hostNetwork: spec.hostNetwork === true,
  hostPid: spec.hostPID === true,
  hostIpc: spec.hostIPC === true,
  shareProcesses: spec.shareProcessNamespace === true,
});

/** Whether the container is meant to end: an init container, or one that its pod does not restart after success. */
export const runsToCompletion = ({ spec }: StoredPod, { role }: PodContainer): boolean =>
  role === 'init' || (role === 'app' && spec.restartPolicy !== undefined && spec.restartPolicy !== 'Always');
