import type { RestClient } from '@shiplog/client';
import { clusterDnsAddress } from '../supervisor/processes.js';

/**
 * The Service under whose address every node answers the cluster's names. It has no endpoints: no packet to it leaves its node. It is
 * there so that the address is taken, and so that those who look for `kube-dns` find it.
 */
export async function ensureDnsService(client: RestClient, signal: AbortSignal): Promise<void> {
  const name = 'kube-dns';
  const service = {
    ...{ apiVersion: 'v1', kind: 'Service' },
    metadata: { name, namespace: 'kube-system', labels: { 'k8s-app': name } },
    spec: {
      clusterIP: clusterDnsAddress,
      ports: [
        { name: 'dns', protocol: 'UDP', port: 53 },
        { name: 'dns-tcp', protocol: 'TCP', port: 53 },
      ],
    },
  };
  const ref = { group: '', version: 'v1', plural: 'services', namespace: 'kube-system', name };
  await client.patch(ref, 'apply', service, { fieldManager: 'shiplog', force: true, signal });
}
