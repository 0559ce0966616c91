import { all, each } from '../../../api/findings.js';
import { duplicate, invalid, notSupported, required, tooLong, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
} from '../../../api/generated/types.js';
import { between } from '../../../api/names.js';
import { oneOf } from '../../rules.js';
import { descendingPath } from './volume-path.validation.js';
import { validateWindowsOptions } from './windows-options.validation.js';

const maxId = 2 ** 31 - 1;
const maxSysctlName = 253;
const sysctlPattern = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const sysctlName = new RegExp(sysctlPattern);
const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const maxProfilePath = 4095;

export const idRule = (id: number | undefined, at: FieldPath): FieldError[] =>
  id === undefined || (id >= 0 && id <= maxId) ? [] : [invalid(at, id, between(0, maxId))];

function validateSeccomp(profile: SeccompProfile | undefined, at: FieldPath): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const path = at.child('localhostProfile');
  return all(
    type
      ? oneOf(type, profileTypes, at.child('type'))
      : [required(at.child('type'), 'type is required when seccompProfile is set')],
    type === 'Localhost'
      ? localhostProfile === undefined
        ? [required(path, 'must be set when seccomp type is Localhost')]
        : descendingPath(localhostProfile, path)
      : localhostProfile === undefined
        ? []
        : [invalid(path, profile, 'can only be set when seccomp type is Localhost')],
  );
}

function validateAppArmor(profile: AppArmorProfile | undefined, at: FieldPath): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const path = at.child('localhostProfile');
  if (!type) return [required(at.child('type'), 'type is required when appArmorProfile is set')];
  if (!profileTypes.includes(type)) return [notSupported(at.child('type'), type, profileTypes)];
  if (type !== 'Localhost') {
    return localhostProfile === undefined
      ? []
      : [invalid(path, localhostProfile, 'can only be set when AppArmor type is Localhost')];
  }
  if (!localhostProfile?.trim()) return [required(path, 'must be set when AppArmor type is Localhost')];
  return all(
    localhostProfile.trim() === localhostProfile
      ? []
      : [invalid(path, localhostProfile, 'must not be padded with whitespace')],
    localhostProfile.length > maxProfilePath ? [tooLong(path, maxProfilePath)] : [],
  );
}

/** The host's own network or IPC namespace must not be tuned through a pod. */
function hostSysctl(name: string, { hostNetwork, hostIPC }: PodSpec, at: FieldPath): FieldError[] {
  const dotted = name.replaceAll('/', '.');
  const ipc =
    ['kernel.shm', 'kernel.msg', 'fs.mqueue.'].some((prefix) => dotted.startsWith(prefix)) || dotted === 'kernel.sem';
  if (hostNetwork && dotted.startsWith('net.'))
    return [invalid(at, name, "may not be specified when 'hostNetwork' is true")];
  return hostIPC && ipc ? [invalid(at, name, "may not be specified when 'hostIPC' is true")] : [];
}

function validateSysctls(sysctls: readonly { name: string }[], spec: PodSpec, at: FieldPath): FieldError[] {
  return each(sysctls, ({ name }, i) => {
    const path = at.index(i).child('name');
    if (!name) return [required(path)];
    const shape =
      name.length > maxSysctlName || !sysctlName.test(name)
        ? [invalid(path, name, `must have at most ${maxSysctlName} characters and match regex ${sysctlPattern}`)]
        : sysctls.findIndex((other) => other.name === name) < i
          ? [duplicate(path, name)]
          : [];
    return all(shape, hostSysctl(name, spec, path));
  });
}

/** Rules of what a pod's containers share. */
export function validatePodSecurityContext(
  context: PodSecurityContext | undefined,
  spec: PodSpec,
  at: FieldPath,
): FieldError[] {
  if (!context) return [];
  return all(
    each(['fsGroup', 'runAsUser', 'runAsGroup'] as const, (field) => idRule(context[field], at.child(field))),
    each(context.supplementalGroups, (id, i) => idRule(id, at.child('supplementalGroups').index(i))),
    spec.shareProcessNamespace && spec.hostPID
      ? [invalid(at.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
      : [],
    validateSysctls(context.sysctls ?? [], spec, at.child('sysctls')),
    oneOf(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], at.child('fsGroupChangePolicy')),
    validateSeccomp(context.seccompProfile, at.child('seccompProfile')),
    validateWindowsOptions(context.windowsOptions, at.child('windowsOptions')),
    validateAppArmor(context.appArmorProfile, at.child('appArmorProfile')),
    oneOf(context.supplementalGroupsPolicy, ['Merge', 'Strict'], at.child('supplementalGroupsPolicy')),
    oneOf(context.seLinuxChangePolicy, ['Recursive'], at.child('seLinuxChangePolicy')),
  );
}

/** Rules of one container's own security context. */
export function validateSecurityContext(
  context: SecurityContext | undefined,
  hostUsers: boolean,
  at: FieldPath,
): FieldError[] {
  if (!context) return [];
  const confined = context.allowPrivilegeEscalation === false;
  return all(
    each(['runAsUser', 'runAsGroup'] as const, (field) => idRule(context[field], at.child(field))),
    oneOf(context.procMount, ['Default', 'Unmasked'], at.child('procMount')),
    hostUsers && context.procMount === 'Unmasked'
      ? [invalid(at.child('procMount'), context.procMount, '`hostUsers` must be false to use `Unmasked`')]
      : [],
    validateSeccomp(context.seccompProfile, at.child('seccompProfile')),
    confined && context.privileged
      ? [invalid(at, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')]
      : [],
    confined && context.capabilities?.add?.includes('CAP_SYS_ADMIN')
      ? [invalid(at, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN')]
      : [],
    validateWindowsOptions(context.windowsOptions, at.child('windowsOptions')),
    validateAppArmor(context.appArmorProfile, at.child('appArmorProfile')),
  );
}
