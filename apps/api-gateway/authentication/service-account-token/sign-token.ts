import { SignJWT } from 'jose';
import { serviceAccountUser } from '../../authorization/rbac/subjects.js';
import type { KubernetesClaim } from './claims.js';
import type { ServiceAccountKeys } from './service-account-keys.js';

export interface NewToken {
  readonly claim: KubernetesClaim;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly issuedAt: Date;
  readonly lifetimeSeconds: number;
  readonly id: string;
}

/** A signed token (JWT, RS256). */
export function signToken(keys: ServiceAccountKeys, token: NewToken): Promise<string> {
  const seconds = Math.floor(token.issuedAt.getTime() / 1000);
  return new SignJWT({ 'kubernetes.io': token.claim })
    .setProtectedHeader({ alg: 'RS256', kid: keys.signing.id })
    .setAudience([...token.audiences])
    .setExpirationTime(seconds + token.lifetimeSeconds)
    .setIssuedAt(seconds)
    .setIssuer(token.issuer)
    .setJti(token.id)
    .setNotBefore(seconds)
    .setSubject(serviceAccountUser(token.claim.namespace, token.claim.serviceaccount.name))
    .sign(keys.signing.key);
}
