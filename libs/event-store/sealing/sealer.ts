import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KubeObject, ObjectKey } from '@shiplog/domain';
import { subjectOf } from '../log/subject.js';
import type { KeyRing } from './key-ring.js';

/** A kind whose objects never lie in the clear. */
export type SealedKind = Pick<ObjectKey, 'group' | 'plural'>;

export const alwaysSealed: readonly SealedKind[] = [{ group: '', plural: 'secrets' }];

/** What stays readable of a sealed object, for those who need no more: garbage collection, namespaces, selectors. No annotations: kubectl keeps a copy of the data there. */
const readableMetadata = [
  'name',
  'namespace',
  'uid',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'ownerReferences',
  'finalizers',
] as const;

interface SealedObject extends KubeObject {
  readonly sealed: { readonly key: string; readonly data: string };
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals the objects of some kinds for storage and opens them again. A sealed body is an object still, whose metadata says what it is
 * and whose `sealed` field holds everything, encrypted; it is bound to its subject, so it cannot be passed off as another's.
 */
export class Sealer {
  private readonly sealedKinds: ReadonlySet<string>;

  /** Without a key ring it seals nothing and hands sealed bodies on as they are. */
  constructor(
    private readonly ring: KeyRing | undefined,
    kinds: readonly SealedKind[] = alwaysSealed,
  ) {
    this.sealedKinds = new Set(kinds.map(({ group, plural }) => `${group}/${plural}`));
  }

  /** Whether sealed bodies come out in the clear here. */
  get opens(): boolean {
    return this.ring !== undefined;
  }

  /** The key that a body of this kind is to be sealed with; undefined for one that may lie in the clear. */
  keyFor({ group, plural }: ObjectKey): string | undefined {
    if (!this.sealedKinds.has(`${group}/${plural}`)) return undefined;
    if (!this.ring) throw new Error(`${plural} are sealed and this process has no key ring: it may not write them`);
    return this.ring.current;
  }

  seal(key: ObjectKey, body: Uint8Array, keyId: string): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.secret(keyId), nonce).setAAD(Buffer.from(subjectOf(key)));
    const data = Buffer.concat([nonce, cipher.update(body), cipher.final(), cipher.getAuthTag()]).toString('base64');
    const { kind, apiVersion, metadata } = JSON.parse(text(body)) as KubeObject;
    const readable = Object.fromEntries(readableMetadata.flatMap((f) => (f in metadata ? [[f, metadata[f]]] : [])));
    return Buffer.from(JSON.stringify({ kind, apiVersion, metadata: readable, sealed: { key: keyId, data } }));
  }

  /** The body as it was before it was sealed; as it is, if this process has no key ring. @throws if it has been tampered with. */
  open(key: ObjectKey, body: Uint8Array): Uint8Array {
    if (!this.ring) return body;
    const { sealed } = JSON.parse(text(body)) as SealedObject;
    const bytes = Buffer.from(sealed.data, 'base64');
    const decipher = createDecipheriv(algorithm, this.secret(sealed.key), bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(subjectOf(key)))
      .setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  }

  private secret(keyId: string): Buffer {
    const secret = this.ring?.keys.get(keyId);
    if (!secret) throw new Error(`the key ring has no key ${keyId}: what it sealed cannot be read without it`);
    return secret;
  }
}

const text = (body: Uint8Array): string => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
