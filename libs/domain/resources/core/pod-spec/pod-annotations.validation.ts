import { all, eachEntry } from '../../../api/findings.js';
import { invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PodSpec } from '../../../api/generated/types.js';
import { descendingPath } from './volume-path.validation.js';

const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const appArmor = 'container.apparmor.security.beta.kubernetes.io/';
const localhost = 'localhost/';

function validateSeccomp(profile: string, at: FieldPath): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return [];
  return profile.startsWith(localhost)
    ? descendingPath(profile.slice(localhost.length), at)
    : [invalid(at, profile, 'must be a valid seccomp profile')];
}

const isAppArmorProfile = (profile: string): boolean =>
  profile === '' || profile === 'runtime/default' || profile === 'unconfined' || profile.startsWith(localhost);

const containerNames = ({ containers, initContainers, ephemeralContainers }: PodSpec): string[] =>
  all(containers ?? [], initContainers ?? [], ephemeralContainers ?? []).map(({ name }) => name);

/** Annotations that said what fields of the security context say today: they are still read, so they must be right. */
export function validateProfileAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  spec: PodSpec,
  at: FieldPath,
): FieldError[] {
  return eachEntry(annotations, (key, profile) => {
    if (key === seccompPod || key.startsWith(seccompContainer)) return validateSeccomp(profile, at.child(key));
    if (!key.startsWith(appArmor)) return [];
    const container = key.slice(appArmor.length);
    return all(
      containerNames(spec).includes(container) ? [] : [invalid(at.key(key), container, 'container not found')],
      isAppArmorProfile(profile)
        ? []
        : [invalid(at.key(key), profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`)],
    );
  });
}
