import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface VerificationKey {
  /** What the tokens' `kid` header says: a digest of the public key. */
  readonly id: string;
  readonly key: KeyObject;
}

/** What signs service account tokens, and all that may have signed one. */
export interface ServiceAccountKeys {
  readonly signing: { readonly id: string; readonly key: KeyObject };
  readonly verifying: readonly VerificationKey[];
}

const keyId = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');

const verificationKey = (key: KeyObject): VerificationKey => ({ id: keyId(key), key });

/** `olderPublicPems`: public keys of earlier signing keys, so that their tokens stay good. */
export function serviceAccountKeys(privatePem: string, olderPublicPems: readonly string[] = []): ServiceAccountKeys {
  const key = createPrivateKey(privatePem);
  const current = verificationKey(createPublicKey(key));
  const older = olderPublicPems.map((pem) => verificationKey(createPublicKey(pem)));
  return { signing: { id: current.id, key }, verifying: [current, ...older.filter(({ id }) => id !== current.id)] };
}

/** sa.key signs; sa.pub may hold one public key more. */
export const readServiceAccountKeys = (pkiFolder: string): ServiceAccountKeys =>
  serviceAccountKeys(readFileSync(join(pkiFolder, 'sa.key'), 'utf8'), [
    readFileSync(join(pkiFolder, 'sa.pub'), 'utf8'),
  ]);

/** The JSON Web Key Set by which others verify our tokens. */
export const jsonWebKeySet = ({ verifying }: ServiceAccountKeys): { keys: Record<string, unknown>[] } => ({
  keys: verifying.map(({ id, key }) => {
    const { n, e } = key.export({ format: 'jwk' });
    return { use: 'sig', kty: 'RSA', kid: id, alg: 'RS256', n, e };
  }),
});
