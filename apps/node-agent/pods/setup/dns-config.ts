import type { DnsConfig } from '../../runtime/pod-runtime.js';
import type { StoredPod } from '../pod.js';

export interface ClusterDns {
  readonly server: string;
  readonly domain: string;
}

const maxServers = 3;
const maxSearches = 32;

/** What goes into the pod's resolv.conf, by its dnsPolicy and dnsConfig. `host`: the node's own. Pure. */
export function dnsConfig({ metadata, spec }: StoredPod, cluster: ClusterDns, host: DnsConfig): DnsConfig {
  const policy = spec.dnsPolicy ?? 'ClusterFirst';
  const ofCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !spec.hostNetwork);
  const searches = [`${metadata.namespace}.svc.${cluster.domain}`, `svc.${cluster.domain}`, cluster.domain];
  const base: DnsConfig =
    policy === 'None'
      ? { servers: [], searches: [], options: [] }
      : ofCluster
        ? { servers: [cluster.server], searches: [...searches, ...host.searches], options: ['ndots:5'] }
        : host;
  const own = spec.dnsConfig ?? {};
  const options = new Map(base.options.map((option) => [option.split(':')[0] ?? option, option]));
  for (const { name = '', value } of own.options ?? []) options.set(name, value ? `${name}:${value}` : name);
  return {
    servers: unique([...base.servers, ...(own.nameservers ?? [])]).slice(0, maxServers),
    searches: unique([...base.searches, ...(own.searches ?? [])]).slice(0, maxSearches),
    options: [...options.values()],
  };
}

/** Reads a resolv.conf. */
export function parseResolvConf(text: string): DnsConfig {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const valuesOf = (keyword: string): string[][] =>
    lines.filter(([word]) => word === keyword).map(([, ...rest]) => rest);
  return {
    servers: valuesOf('nameserver').flatMap(([server]) => (server ? [server] : [])),
    searches: (valuesOf('search').at(-1) ?? []).filter((domain) => domain !== '.'),
    options: valuesOf('options').flat(),
  };
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];
