import { chmod, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Service } from '@shiplog/domain';
import {
  containerHashAnnotation,
  containerNameLabel,
  gracePeriodAnnotation,
  type ContainerSpec,
  type DnsConfig,
  type Mount,
  type PodRuntime,
  type SandboxSpec,
} from '../../runtime/pod-runtime.js';
import { mountOf, setUpVolumes } from '../../volumes/pod-volumes.js';
import { unmountBelow } from '../../volumes/mounts.js';
import type { TokenSource } from '../../volumes/service-account-tokens.js';
import { containerHash } from '../container-hash.js';
import type { PodContainer, StoredPod } from '../pod.js';
import type { PodEnvironment } from '../pod-host.js';
import { cgroupParent, cgroupResources } from './cgroup-resources.js';
import { containerSecurity, seccompOf, supplementalGroups } from './container-security.js';
import { dnsConfig, type ClusterDns } from './dns-config.js';
import { environmentVariables } from './env-vars.js';
import { expand } from './expansion.js';
import { namespacesOf, podLabels, runsToCompletion } from './hollow-environment.js';
import { hostNameOf, hostsFile } from './hosts-file.js';
import { logPath, podOfLogFolder, type PodPaths } from './pod-paths.js';
import type { ReferencedObjects } from './referenced-objects.js';

export interface Machine {
  readonly runtime: PodRuntime;
  readonly paths: PodPaths;
  readonly nodeIps: readonly string[];
  readonly allocatable: Readonly<Record<string, string>>;
  readonly memoryBytes: number;
  readonly cgroupRoot: string;
  readonly cluster: ClusterDns;
  readonly hostDns: DnsConfig;
  readonly objects: ReferencedObjects;
  readonly tokens: TokenSource;
  services(): readonly Service[];
}

/** Sets pods up on this machine: volumes, files, variables and limits of real containers. */
export const machineEnvironment = (machine: Machine): PodEnvironment => {
  const { paths, nodeIps, allocatable, objects, tokens } = machine;
  return {
    prepare: async (pod) => {
      const { uid, namespace, name } = pod.metadata;
      await mkdir(paths.pod(uid), { recursive: true, mode: 0o755 });
      await mkdir(paths.logs(namespace, name, uid), { recursive: true, mode: 0o755 });
      const podIps = (pod.status?.podIPs ?? []).map(({ ip }) => ip);
      await setUpVolumes(pod, paths.volumes(uid), { pod, podIps, nodeIps, allocatable, objects, tokens });
    },
    sandboxSpec: (pod, attempt) => sandboxSpec(machine, pod, attempt),
    containerSpec: (pod, container, attempt, podIps, observed) =>
      containerSpec(
        machine,
        pod,
        container,
        attempt,
        podIps,
        observed.containers.find(({ name }) => name === targetOf(container))?.id,
      ),
    releaseVolumes: async (uid) => {
      await unmountBelow(paths.volumes(uid));
      await rm(paths.volumes(uid), { recursive: true, force: true });
    },
    leftovers: async () => {
      const ofLogs = (await entriesOf(paths.allLogs())).map(podOfLogFolder).filter((pod) => pod !== undefined);
      const unnamed = (await entriesOf(paths.pods())).filter((uid) => !ofLogs.some((pod) => pod.uid === uid));
      return [...ofLogs, ...unnamed.map((uid) => ({ uid, namespace: '', name: '' }))];
    },
    remove: async (uid, namespace, name) => {
      tokens.forget(uid);
      await unmountBelow(paths.pod(uid));
      await rm(paths.pod(uid), { recursive: true, force: true });
      await rm(paths.logs(namespace, name, uid), { recursive: true, force: true });
      await removeCgroups(machine.cgroupRoot, uid);
    },
  };
};

function sandboxSpec({ paths, cluster, hostDns, cgroupRoot }: Machine, pod: StoredPod, attempt: number): SandboxSpec {
  const { uid, namespace, name } = pod.metadata;
  const security = pod.spec.securityContext ?? {};
  return {
    podUid: uid,
    podName: name,
    podNamespace: namespace,
    attempt,
    hostname: sandboxHostname(pod, cluster.domain),
    logFolder: paths.logs(namespace, name, uid),
    dns: dnsConfig(pod, cluster, hostDns),
    portMappings: pod.spec.hostNetwork ? [] : portMappings(pod),
    labels: podLabels(pod),
    annotations: {
      ...pod.metadata.annotations,
      [gracePeriodAnnotation]: String(pod.spec.terminationGracePeriodSeconds ?? 30),
    },
    cgroupParent: cgroupParent(pod, cgroupRoot),
    namespaces: namespacesOf(pod),
    sysctls: Object.fromEntries((security.sysctls ?? []).map(({ name: key, value }) => [key, value])),
    privileged: [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some(
      (c) => c.securityContext?.privileged === true,
    ),
    runAsUser: security.runAsUser,
    runAsGroup: security.runAsUser === undefined ? undefined : security.runAsGroup,
    supplementalGroups: supplementalGroups(pod),
    seccomp: seccompOf(security.seccompProfile),
  };
}

function sandboxHostname(pod: StoredPod, clusterDomain: string): string {
  const { hostname, fqdn } = hostNameOf(pod, clusterDomain);
  return pod.spec.setHostnameAsFQDN && fqdn ? fqdn : hostname;
}

const portMappings = ({ spec }: StoredPod): SandboxSpec['portMappings'] =>
  [...(spec.initContainers ?? []), ...spec.containers].flatMap(({ ports = [] }) =>
    ports.flatMap(({ containerPort, hostPort, hostIP, protocol = 'TCP' }) =>
      hostPort ? [{ protocol: protocol as 'TCP' | 'UDP' | 'SCTP', containerPort, hostPort, hostIp: hostIP ?? '' }] : [],
    ),
  );

async function containerSpec(
  machine: Machine,
  pod: StoredPod,
  container: PodContainer,
  attempt: number,
  podIps: readonly string[],
  targetId: string | undefined,
): Promise<ContainerSpec> {
  const { runtime, allocatable, nodeIps, memoryBytes, objects, paths } = machine;
  const { spec } = container;
  const env = await environmentVariables({
    container: spec,
    pod,
    podIps,
    nodeIps,
    allocatable,
    objects,
    services: machine.services(),
  });
  const values = new Map(env);
  const expanded = (text: string): string => expand(text, (name) => values.get(name));
  const image = await runtime.image(spec.image ?? '');
  const { uid, namespace, name } = pod.metadata;
  await mkdir(join(paths.logs(namespace, name, uid), spec.name), { recursive: true });
  return {
    name: spec.name,
    attempt,
    image: image?.id ?? spec.image ?? '',
    command: (spec.command ?? []).map(expanded),
    args: (spec.args ?? []).map(expanded),
    workingDir: spec.workingDir ?? '',
    env,
    mounts: await mounts(machine, pod, container, attempt, podIps, expanded),
    labels: { ...podLabels(pod), [containerNameLabel]: spec.name },
    annotations: {
      [containerHashAnnotation]: containerHash(spec),
      'io.kubernetes.container.restartCount': String(attempt),
      'io.kubernetes.container.terminationMessagePath': spec.terminationMessagePath ?? '/dev/termination-log',
      'io.kubernetes.container.terminationMessagePolicy': spec.terminationMessagePolicy ?? 'File',
      [gracePeriodAnnotation]: String(pod.spec.terminationGracePeriodSeconds ?? 30),
    },
    logPath: logPath(spec.name, attempt),
    stdin: spec.stdin === true,
    stdinOnce: spec.stdinOnce === true,
    tty: spec.tty === true,
    resources: cgroupResources(pod, spec, memoryBytes),
    security: containerSecurity(pod, spec, image),
    namespaces: { ...namespacesOf(pod), targetContainerId: targetId },
    runsToCompletion: runsToCompletion(pod, container),
  };
}

/** The container whose processes an ephemeral container looks at. */
const targetOf = ({ spec }: PodContainer): string | undefined =>
  'targetContainerName' in spec ? String(spec.targetContainerName) : undefined;

async function mounts(
  { paths, cluster }: Machine,
  pod: StoredPod,
  { spec }: PodContainer,
  attempt: number,
  podIps: readonly string[],
  expanded: (text: string) => string,
): Promise<Mount[]> {
  const { uid } = pod.metadata;
  const own = await Promise.all(
    (spec.volumeMounts ?? []).map((mount) => mountOf(pod, paths.volumes(uid), mount, expanded)),
  );
  const hosts = paths.etcHosts(uid);
  await writeFile(hosts, hostsFile(pod, podIps, cluster.domain, await readFile('/etc/hosts', 'utf8')), { mode: 0o644 });
  const terminationLog = paths.terminationLog(uid, spec.name, attempt);
  await mkdir(dirname(terminationLog), { recursive: true, mode: 0o755 });
  await writeFile(terminationLog, '');
  // Whoever the container runs as may write its last words.
  await chmod(terminationLog, 0o666);
  const given: Mount[] = [
    { containerPath: '/etc/hosts', hostPath: hosts, readOnly: false, propagation: 'None' },
    {
      containerPath: spec.terminationMessagePath ?? '/dev/termination-log',
      hostPath: terminationLog,
      readOnly: false,
      propagation: 'None',
    },
  ];
  return [...own, ...given.filter(({ containerPath }) => !own.some((mount) => mount.containerPath === containerPath))];
}

const entriesOf = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** The kernel keeps a pod's groups until someone removes them; those in which processes remain stay. */
async function removeCgroups(root: string, uid: string): Promise<void> {
  const controllers = [
    '',
    'cpu',
    'cpuacct',
    'cpuset',
    'memory',
    'devices',
    'freezer',
    'blkio',
    'pids',
    'systemd',
    'unified',
    'net_cls',
    'net_prio',
    'hugetlb',
    'perf_event',
    'rdma',
    'misc',
  ];
  const folders = controllers.flatMap((controller) =>
    ['', 'burstable', 'besteffort'].map((tier) => join('/sys/fs/cgroup', controller, root, tier, `pod${uid}`)),
  );
  await Promise.all(folders.map((folder) => rmdir(folder).catch(() => undefined)));
}
