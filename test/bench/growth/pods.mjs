// The pods of the growing cluster: spread over namespaces, bound to nodes that need not be there.
import { benchPod } from '../load/bench-pod.mjs';

export const namespaces = 50;
export const nodes = 1_000;

/** Pod `i` lives here. `family` keeps those of one step apart from the cluster's own. */
export const podPath = (i, family = 'p') => `/api/v1/namespaces/bench-${i % namespaces}/pods/${family}-${i}`;
export const podsPath = (i) => `/api/v1/namespaces/bench-${i % namespaces}/pods`;
export const nodeOf = (i) => `node-${i % nodes}`;

/** JSON text. */
export const podText = (i, family = 'p') =>
  benchPod(`${family}-${i}`, i).replace('"spec":{', `"spec":{"nodeName":"${nodeOf(i)}",`);

export const strategic = 'application/strategic-merge-patch+json';

/** JSON text of a patch of a pod's status that differs from the one before. */
export const readyPatch = (round) =>
  JSON.stringify({
    status: {
      phase: 'Running',
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          lastTransitionTime: new Date(1_767_225_600_000 + round * 1_000).toISOString().replace('.000', ''),
        },
      ],
    },
  });

/** Namespaces, and the account without which they take no pods. */
export async function makeNamespaces({ send }, count, named) {
  const names = Array.from({ length: count }, (_, i) => named(i));
  for (const name of names) {
    await send(
      'POST',
      '/api/v1/namespaces',
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    );
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    await send('POST', `/api/v1/namespaces/${name}/serviceaccounts`, JSON.stringify(account));
  }
}
