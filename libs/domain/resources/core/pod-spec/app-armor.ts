import { deepEqual } from '../../../api/deep-equal.js';
import type { AppArmorProfile, PodSpec, SecurityContext } from '../../../api/generated/types.js';

const prefix = 'container.apparmor.security.beta.kubernetes.io/';
const localhost = 'localhost/';

type Annotations = Readonly<Record<string, string>> | undefined;

/** The annotation that stated a container's AppArmor profile before v1.30. */
export const appArmorAnnotation = (container: string): string => `${prefix}${container}`;

/** What the annotation of a container says; undefined if there is none, or none that is valid. */
export function annotatedProfile(annotations: Annotations, container: string): AppArmorProfile | undefined {
  const text = annotations?.[appArmorAnnotation(container)] ?? '';
  if (text === 'unconfined') return { type: 'Unconfined' };
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  const localhostProfile = text.startsWith(localhost) ? text.slice(localhost.length) : '';
  if (localhostProfile === '' || localhostProfile.trim() !== localhostProfile || localhostProfile.length > 4095)
    return undefined;
  return { type: 'Localhost', localhostProfile };
}

interface Secured {
  readonly name: string;
  readonly securityContext?: SecurityContext;
}

/** The spec with the profiles that annotations state in the containers' fields, where these say nothing and the pod's nothing else. Pure. */
export function withAnnotatedProfiles(spec: PodSpec, annotations: Annotations): PodSpec {
  const ofPod = spec.securityContext?.appArmorProfile;
  const secured = <T extends Secured>(container: T): T => {
    const stated = annotatedProfile(annotations, container.name);
    return stated === undefined || container.securityContext?.appArmorProfile || deepEqual(stated, ofPod)
      ? container
      : { ...container, securityContext: { ...container.securityContext, appArmorProfile: stated } };
  };
  const isStated = Object.keys(annotations ?? {}).some((key) => key.startsWith(prefix));
  if (!isStated || spec.os?.name === 'windows') return spec;
  return {
    ...spec,
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(secured) } : {}),
    containers: spec.containers.map(secured),
  };
}
