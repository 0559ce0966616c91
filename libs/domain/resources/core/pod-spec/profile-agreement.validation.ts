import { all, each } from '../../../api/findings.js';
import { forbiddenField, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { AppArmorProfile, PodSpec, SeccompProfile } from '../../../api/generated/types.js';
import { appArmorAnnotation } from './app-armor.js';
import { placedContainers } from './containers.js';

const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const localhost = 'localhost/';

type Kind = 'seccomp' | 'apparmor';
const texts: Record<Kind, Readonly<Record<string, readonly string[]>>> = {
  seccomp: { Unconfined: ['unconfined'], RuntimeDefault: ['runtime/default', 'docker/default'] },
  apparmor: { Unconfined: ['unconfined'], RuntimeDefault: ['runtime/default'] },
};

/** What an annotation of old and a field say of the same profile must be the same. */
function disagreement(
  kind: Kind,
  annotation: string | undefined,
  profile: SeccompProfile | AppArmorProfile | undefined,
  at: FieldPath,
): FieldError[] {
  if (annotation === undefined || !profile) return [];
  if (profile.type !== 'Localhost') {
    const fitting = texts[kind][profile.type];
    return !fitting || fitting.includes(annotation)
      ? []
      : [forbiddenField(at.child('type'), `${kind} type in annotation and field must match`)];
  }
  if (!annotation.startsWith(localhost))
    return [forbiddenField(at.child('type'), `${kind} type in annotation and field must match`)];
  return annotation.slice(localhost.length) === profile.localhostProfile
    ? []
    : [forbiddenField(at.child('localhostProfile'), `${kind} profile in annotation and field must match`)];
}

/** Rules of profiles that both annotations and fields state, for a new pod or a template. */
export function validateProfileAgreement(
  annotations: Readonly<Record<string, string>> = {},
  spec: PodSpec,
  at: FieldPath,
): FieldError[] {
  const { seccompProfile, appArmorProfile } = spec.securityContext ?? {};
  const containers = placedContainers(spec, at).map(([{ name, securityContext }, path]) => ({
    name,
    own: securityContext,
    at: path.child('securityContext'),
  }));
  return all(
    disagreement('seccomp', annotations[seccompPod], seccompProfile, at.child('securityContext', 'seccompProfile')),
    each(containers, ({ name, own, at: path }) =>
      disagreement(
        'seccomp',
        annotations[`${seccompContainer}${name}`],
        own?.seccompProfile,
        path.child('seccompProfile'),
      ),
    ),
    each(spec.os?.name === 'windows' ? [] : containers, ({ name, own, at: path }) =>
      disagreement(
        'apparmor',
        annotations[appArmorAnnotation(name)],
        own?.appArmorProfile ?? appArmorProfile,
        path.child('appArmorProfile'),
      ),
    ),
  );
}
