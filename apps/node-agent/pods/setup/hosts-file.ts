import type { StoredPod } from '../pod.js';

/** The name of the pod's host, and its full name where it has a subdomain. Pure. */
export function hostNameOf({ metadata, spec }: StoredPod, clusterDomain: string): { hostname: string; fqdn?: string } {
  const hostname = (spec.hostnameOverride ?? spec.hostname ?? metadata.name).slice(0, 63).replace(/[-.]+$/, '');
  if (!spec.subdomain || spec.hostnameOverride) return { hostname };
  return { hostname, fqdn: `${hostname}.${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}` };
}

/** The pod's /etc/hosts: loopback, itself, and its host aliases; with the node's network, the node's file. Pure. */
export function hostsFile(pod: StoredPod, podIps: readonly string[], clusterDomain: string, nodeFile: string): string {
  const { hostname, fqdn } = hostNameOf(pod, clusterDomain);
  const own = podIps.map((ip) => [ip, ...(fqdn ? [fqdn] : []), hostname].join('\t'));
  const head = pod.spec.hostNetwork
    ? ['# Kubernetes-managed hosts file (host network).', nodeFile.trimEnd()]
    : ['# Kubernetes-managed hosts file.', ...loopback, ...own];
  const aliases = (pod.spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t'));
  return `${[...head, ...(aliases.length > 0 ? ['', '# Entries added by HostAliases.', ...aliases] : [])].join('\n')}\n`;
}

const loopback = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
];
