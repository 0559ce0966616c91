import type { ApiClient } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import { hasReason, type Lease } from '@shiplog/domain';
import { every } from './every.js';

type StoredLease = Lease & { apiVersion: string; kind: string };

const renewPeriod = 10_000;
const leaseDurationSeconds = 40;
const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespace: 'kube-node-lease' };

/** Renews the node's Lease every ten seconds: the sign of life that the node lifecycle controller looks at. */
export async function keepLease(
  nodeName: string,
  nodeUid: () => string | undefined,
  api: ApiClient,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let lease: StoredLease | undefined;
  await every(
    renewPeriod,
    signal,
    (error) => log.warn({ err: error }, 'renewing the node lease failed'),
    async () => {
      const ref = { ...leases, name: nodeName };
      const uid = nodeUid();
      lease ??= await api.get<StoredLease>(ref, signal).catch((error: unknown) => {
        if (hasReason(error, 'NotFound')) return undefined;
        throw error;
      });
      const spec = { holderIdentity: nodeName, leaseDurationSeconds, renewTime: microTime() };
      if (!lease) {
        if (uid === undefined) throw new Error('the node is not registered yet');
        const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid }];
        const fresh = {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: nodeName, ownerReferences },
          spec,
        };
        lease = await api.create<StoredLease>(leases, fresh, { signal });
        return;
      }
      try {
        lease = await api.update<StoredLease>(ref, { ...lease, spec: { ...lease.spec, ...spec } }, { signal });
      } catch (error) {
        lease = undefined;
        throw error;
      }
    },
  );
}

/** metav1.MicroTime: RFC 3339 with microseconds. */
const microTime = (): string => new Date().toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
