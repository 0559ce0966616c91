import { setTimeout as sleep } from 'node:timers/promises';
import { loadKubeconfig, RestClient } from '@shiplog/client';
import { hollowHostUser } from '../pki/cluster-pki.js';
import { hollowHostPlans, type Cluster, type HollowHostPlan } from './cluster.js';

const group = 'rbac.authorization.k8s.io';
const retryMs = 200;

/**
 * Permits each process of hollow nodes to act as its own nodes and as nobody else. What it then does is judged as done by the node it
 * acts as. In its own name it reads pods and nodes, once for all its nodes. Waits for the API; idempotent.
 */
export async function grantHollowAccess(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const client = new RestClient(await loadKubeconfig({ file: cluster.paths.kubeconfig }));
  try {
    for (const host of hollowHostPlans(cluster.settings))
      for (const object of accessOf(host)) {
        const plural = `${object.kind.toLowerCase()}s`;
        const ref = { group, version: 'v1', plural, name: object.metadata.name };
        await untilDone(signal, () =>
          client.patch(ref, 'apply', object, { fieldManager: 'shiplog', force: true, signal }),
        );
      }
  } finally {
    client.close();
  }
}

/** The role of one process, and its binding. Pure. */
export function accessOf({ name: host, nodes }: HollowHostPlan) {
  const name = hollowHostUser(host);
  const [apiVersion, apiGroup] = [`${group}/v1`, group];
  const rules = [
    {
      apiGroups: [''],
      resources: ['users'],
      resourceNames: nodes.map((node) => `system:node:${node}`),
      verbs: ['impersonate'],
    },
    { apiGroups: [''], resources: ['groups'], resourceNames: ['system:nodes'], verbs: ['impersonate'] },
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
  ];
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ apiGroup, kind: 'User', name }],
    },
  ] as const;
}

/** The API may still be starting. */
async function untilDone(signal: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  for (;;)
    try {
      await act();
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(retryMs);
    }
}
