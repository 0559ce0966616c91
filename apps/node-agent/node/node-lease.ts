import type { ApiClient } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import { hasReason, type Lease } from '@shiplog/domain';
import type { Every } from './every.js';

type StoredLease = Lease & { apiVersion: string; kind: string };

const renewPeriod = 10_000;
const leaseDurationSeconds = 40;
const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespace: 'kube-node-lease' };

export interface LeaseHolder {
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly api: ApiClient;
  readonly log: Logger;
  readonly every: Every;
}

/** Renews the node's Lease every ten seconds: the sign of life that the node lifecycle controller looks at. */
export async function keepLease(
  { nodeName, nodeUid, api, log, every }: LeaseHolder,
  signal: AbortSignal,
): Promise<void> {
  let lease: StoredLease | undefined;
  const ref = { ...leases, name: nodeName };
  const spec = (): Lease['spec'] => ({ holderIdentity: nodeName, leaseDurationSeconds, renewTime: microTime() });
  const create = async (): Promise<StoredLease> => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeUid }];
    const { apiVersion, kind } = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
    const fresh = { apiVersion, kind, metadata: { name: nodeName, ownerReferences }, spec: spec() };
    return api.create<StoredLease>(leases, fresh, { signal });
  };
  const find = (): Promise<StoredLease | undefined> =>
    api.get<StoredLease>(ref, signal).catch((error: unknown) => {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    });
  const renew = async (known: StoredLease): Promise<StoredLease> => {
    lease = undefined;
    // Without its managed fields, which then stay as they are: they are most of a Lease, and of no use on the way.
    const { managedFields: _, ...metadata } = known.metadata;
    return api.update<StoredLease>(ref, { ...known, metadata, spec: { ...known.spec, ...spec() } }, { signal });
  };
  await every(
    renewPeriod,
    signal,
    (error) => log.warn({ node: nodeName, err: error }, 'renewing the node lease failed'),
    async () => {
      const known = lease ?? (await find());
      lease = known ? await renew(known) : await create();
    },
  );
}

/** metav1.MicroTime: RFC 3339 with microseconds. */
const microTime = (): string => new Date().toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
