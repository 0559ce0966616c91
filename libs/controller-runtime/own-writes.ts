import { parseRevision, type KubeObject } from '@shiplog/domain';
import type { Informer, ResourceType } from '@shiplog/client';

const patienceMs = 30_000;

export type FindInformer = (type: ResourceType) => Informer | undefined;

interface Expectation {
  readonly informer: Informer;
  readonly isSeen: () => boolean;
}

/**
 * What a key's last turn wrote and the caches may not show yet. A controller that looked before it sees its own writes would do them
 * twice.
 */
export class OwnWrites {
  private readonly expected = new Map<string, Expectation[]>();

  constructor(private readonly informerOf: FindInformer) {}

  /** `written` is the object as the API answered it. */
  wrote(key: string, type: ResourceType, written: KubeObject): void {
    const revision = parseRevision(written.metadata?.resourceVersion ?? '');
    const informer = this.informerOf(type);
    if (informer && revision !== undefined)
      this.expect(key, { informer, isSeen: () => informer.revision() >= revision });
  }

  /** Deletes answer no revision: wait until the object is gone or is seen to be on its way. */
  deleted(key: string, type: ResourceType, object: KubeObject): void {
    const informer = this.informerOf(type);
    const { namespace, name = '', uid } = object.metadata;
    const isSeen = (): boolean => {
      const seen = informer?.lister.get(namespace, name);
      return !seen || seen.metadata.uid !== uid || seen.metadata.deletionTimestamp !== undefined;
    };
    if (informer) this.expect(key, { informer, isSeen });
  }

  /** Nobody knows whether the write happened; `revision` is one that a read made afterwards has shown. */
  mayHaveWritten(key: string, type: ResourceType, resourceVersion: string | undefined): void {
    this.wrote(key, type, { apiVersion: '', kind: '', metadata: { resourceVersion } });
  }

  /** Resolves when the caches show everything that the key's turns wrote; rejects when they do not in half a minute. */
  async seen(key: string, signal: AbortSignal): Promise<void> {
    const expected = this.expected.get(key);
    if (!expected) return;
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    await Promise.all(expected.map(({ informer, isSeen }) => informer.waitUntil(isSeen, inTime)));
    this.expected.delete(key);
  }

  private expect(key: string, expectation: Expectation): void {
    if (expectation.isSeen()) return;
    const expected = this.expected.get(key);
    if (expected) expected.push(expectation);
    else this.expected.set(key, [expectation]);
  }
}
