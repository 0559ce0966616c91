import type { KubeObject, ObjectAddress, ObjectReader } from '@shiplog/domain';
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { asAuthenticated } from '../anonymous.authenticator.js';
import type { TokenAnswer, TokenAuthenticator } from '../token-authenticator.js';
import { userOfClaims, type KubernetesClaim, type ObjectReference } from './claims.js';
import type { ServiceAccountKeys } from './service-account-keys.js';

/** How long after its deletion an object still backs a token: clocks differ. */
const leewaySeconds = 60;

export interface ServiceAccountTokenSettings {
  readonly keys: ServiceAccountKeys;
  readonly issuer: string;
  readonly read: ObjectReader;
  readonly now: () => Date;
}

/** Tokens that TokenRequest has issued: signed by us, not expired, and what they are bound to is still there. */
export const serviceAccountTokenAuthenticator = (settings: ServiceAccountTokenSettings): TokenAuthenticator => ({
  name: 'ServiceAccountToken',
  authenticateToken: async (token, audiences, signal): Promise<TokenAnswer | undefined> => {
    if (!isIssuedBy(token, settings.issuer)) return undefined;
    const payload = await verified(token, settings);
    const claim = payload['kubernetes.io'] as KubernetesClaim | undefined;
    if (claim === undefined) throw new Error('no kubernetes.io claim in the token');
    const good = goodFor(payload, audiences);
    await confirmAlive(claim, settings, signal);
    return { user: asAuthenticated(userOfClaims(claim, payload.jti)), audiences: good };
  },
});

function isIssuedBy(token: string, issuer: string): boolean {
  try {
    return token.split('.').length === 3 && decodeJwt(token).iss === issuer;
  } catch {
    return false;
  }
}

async function verified(token: string, { keys, issuer, now }: ServiceAccountTokenSettings): Promise<JWTPayload> {
  const options = { issuer, algorithms: ['RS256'], currentDate: now(), clockTolerance: leewaySeconds };
  for (const { key } of keys.verifying) {
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      throw new Error(textOf(error), { cause: error });
    }
  }
  throw new Error('invalid signature');
}

function textOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'service account token has expired';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
    return 'service account token is not valid yet';
  return 'service account token claims could not be validated due to unexpected validation error';
}

function goodFor({ aud = [] }: JWTPayload, audiences: readonly string[]): string[] {
  const meant = typeof aud === 'string' ? [aud] : aud;
  const good = audiences.filter((audience) => meant.includes(audience));
  if (good.length === 0)
    throw new Error(`token audiences ${listed(meant)} is invalid for the target audiences ${listed(audiences)}`);
  return good;
}

const listed = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

/** A token falls with its service account and with the object that it is bound to. */
async function confirmAlive(
  { namespace, serviceaccount, pod, secret, node }: KubernetesClaim,
  { read, now }: ServiceAccountTokenSettings,
  signal: AbortSignal,
): Promise<void> {
  const bound = (plural: string, { name, uid }: ObjectReference, home = namespace): Bound => ({
    address: { group: '', plural, namespace: home, name },
    uid,
  });
  const needed = [
    bound('serviceaccounts', serviceaccount),
    ...(secret ? [bound('secrets', secret)] : []),
    ...(pod ? [bound('pods', pod)] : []),
    // The node of a pod-bound token is for information; it does not have to be there.
    ...(node && !pod ? [bound('nodes', node, '')] : []),
  ];
  for (const object of needed) await confirmPresent(object, read, now(), signal);
}

interface Bound {
  readonly address: ObjectAddress;
  readonly uid: string | undefined;
}

async function confirmPresent(
  { address, uid }: Bound,
  read: ObjectReader,
  now: Date,
  signal: AbortSignal,
): Promise<void> {
  const matches = (object: KubeObject | undefined): boolean =>
    object !== undefined && object.metadata.uid === uid && !isLongDeleted(object, now);
  // The cache may not have seen yet what the token was issued for a moment ago.
  if (matches(read.get(address)) || matches(await read.latest(address, signal))) return;
  throw new Error('service account token has been invalidated');
}

const isLongDeleted = ({ metadata: { deletionTimestamp } }: KubeObject, now: Date): boolean =>
  deletionTimestamp !== undefined && Date.parse(deletionTimestamp) < now.getTime() - leewaySeconds * 1000;
