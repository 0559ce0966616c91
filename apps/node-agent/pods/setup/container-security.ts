import type { Container, SeccompProfile as ApiSeccompProfile } from '@shiplog/domain';
import type { ContainerSecurity, Image, SeccompProfile } from '../../runtime/pod-runtime.js';
import { SetupError } from '../pod-host.js';
import type { StoredPod } from '../pod.js';

/** What the container may do: its own security context over the pod's. Pure. @throws SetupError if it must not run as root and would. */
export function containerSecurity(pod: StoredPod, container: Container, image: Image | undefined): ContainerSecurity {
  const ofPod = pod.spec.securityContext ?? {};
  const own = container.securityContext ?? {};
  const runAsUser = own.runAsUser ?? ofPod.runAsUser ?? image?.uid;
  if (own.runAsNonRoot ?? ofPod.runAsNonRoot) assertNotRoot(pod, container, runAsUser, image);
  const privileged = own.privileged === true;
  const masks = !privileged && own.procMount !== 'Unmasked';
  return {
    runAsUser,
    runAsGroup: own.runAsGroup ?? ofPod.runAsGroup,
    supplementalGroups: supplementalGroups(pod),
    addCapabilities: own.capabilities?.add ?? [],
    dropCapabilities: own.capabilities?.drop ?? [],
    privileged,
    readOnlyRootFilesystem: own.readOnlyRootFilesystem === true,
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    maskedPaths: masks ? maskedPaths : [],
    readOnlyPaths: masks ? readOnlyPaths : [],
    seccomp: seccompOf(own.seccompProfile ?? ofPod.seccompProfile),
  };
}

/** The groups that every process of the pod is in besides its own. */
export const supplementalGroups = ({ spec: { securityContext } }: StoredPod): number[] => [
  ...(securityContext?.supplementalGroups ?? []),
  ...(securityContext?.fsGroup === undefined ? [] : [securityContext.fsGroup]),
];

export function seccompOf(profile: ApiSeccompProfile | undefined): SeccompProfile {
  if (profile?.type === 'Localhost') return { type: 'Localhost', path: profile.localhostProfile ?? '' };
  return { type: profile?.type === 'RuntimeDefault' ? 'RuntimeDefault' : 'Unconfined' };
}

function assertNotRoot(pod: StoredPod, container: Container, user: number | undefined, image: Image | undefined): void {
  const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${container.name})`;
  const refuse = (why: string): never => {
    throw new SetupError('CreateContainerConfigError', `${why} ${where}`);
  };
  const asked = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  if (asked === 0) refuse("container's runAsUser breaks non-root policy");
  if (asked !== undefined || (user ?? 0) !== 0) return;
  if (image?.userName)
    refuse(
      `container has runAsNonRoot and image has non-numeric user (${image.userName}), cannot verify user is non-root`,
    );
  refuse('container has runAsNonRoot and image will run as root');
}

/** Parts of /proc and /sys that unprivileged containers must not see, and must not write. */
const maskedPaths = [
  '/proc/asound', '/proc/acpi', '/proc/interrupts', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list',
  '/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/sys/firmware', '/sys/devices/virtual/powercap',
]; // prettier-ignore
const readOnlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];
