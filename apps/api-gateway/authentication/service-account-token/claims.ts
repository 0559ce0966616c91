import type { UserInfo } from '@shiplog/domain';
import { serviceAccountUser } from '../../authorization/rbac/subjects.js';

export interface ObjectReference {
  readonly name: string;
  readonly uid?: string;
}

/** The claim `kubernetes.io`: whose token it is and what it lives and dies with. */
export interface KubernetesClaim {
  readonly namespace: string;
  readonly serviceaccount: ObjectReference;
  readonly pod?: ObjectReference;
  readonly secret?: ObjectReference;
  readonly node?: ObjectReference;
  /** From when on its use is noted, though it still holds (seconds since 1970). */
  readonly warnafter?: number;
}

export const credentialId = (jti: string): string => `JTI=${jti}`;

const prefix = 'authentication.kubernetes.io';

/** The user that a verified token stands for. Pure. */
export function userOfClaims({ namespace, serviceaccount, pod, node }: KubernetesClaim, jti?: string): UserInfo {
  const extra = {
    ...(pod?.uid ? { [`${prefix}/pod-name`]: [pod.name], [`${prefix}/pod-uid`]: [pod.uid] } : {}),
    ...(jti ? { [`${prefix}/credential-id`]: [credentialId(jti)] } : {}),
    ...(node ? { [`${prefix}/node-name`]: [node.name] } : {}),
    ...(node?.uid ? { [`${prefix}/node-uid`]: [node.uid] } : {}),
  };
  return {
    name: serviceAccountUser(namespace, serviceaccount.name),
    ...(serviceaccount.uid ? { uid: serviceaccount.uid } : {}),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}
