import type { ServicePort, Target } from './service-ports.js';
import { serviceRules } from './service-rules.js';

const a: Target = { address: '10.201.1.2', port: 8080 };
const b: Target = { address: '10.201.2.2', port: 8080 };
const base: ServicePort = {
  ...{ namespace: 'default', service: 'web', port: 'http', protocol: 'tcp', number: 80 },
  ...{ clusterAddresses: ['10.96.0.7'], externalAddresses: [], targets: [a, b], localTargets: [a] },
  ...{ internalPolicy: 'Cluster', externalPolicy: 'Cluster' },
};
const node = { podCidr: '10.201.1.0/24', reserved: ['10.96.0.10'] };
const key = '10.96.0.7 . tcp . 80';

const rulesFor = (port: ServicePort) => {
  const { chains, collections } = serviceRules([port], node);
  const elements = (name: string): ReadonlyMap<string, string> => collections.get(name)?.elements ?? new Map();
  const chainOf = (verdict: string | undefined): readonly string[] =>
    chains.get((verdict ?? '').replace('goto ', ''))?.rules ?? [];
  return { chains, collections, elements, chainOf };
};

describe('serviceRules', () => {
  it('sends a connection to one target at random, under the node’s address if it comes from elsewhere', () => {
    const { elements, chainOf } = rulesFor(base);
    expect(chainOf(elements('service_ports').get(key))).toEqual([
      'ip saddr != 10.201.1.0/24 meta mark set meta mark or 0x4000',
      'meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.201.1.2 . 8080, 1 : 10.201.2.2 . 8080 }',
    ]);
    expect([...elements('hairpin').keys()]).toEqual(['10.201.1.2 . 10.201.1.2']);
  });

  const unserved: [string, Partial<ServicePort>, string | undefined][] = [
    ['refuses what has no target', { targets: [], localTargets: [] }, 'goto refuse'],
    ['drops what the policy Local has no target for here', { internalPolicy: 'Local', localTargets: [] }, 'drop'],
    ['serves what has targets', {}, undefined],
  ];
  test.each(unserved)('%s', (_, change, verdict) => {
    const { elements } = rulesFor({ ...base, ...change });
    expect(elements('unserved_ports').get(key)).toBe(verdict);
    expect(elements('service_ports').has(key)).toBe(verdict === undefined);
  });

  it('keeps the policy Local of the cluster address to this node', () => {
    const { elements, chainOf } = rulesFor({ ...base, internalPolicy: 'Local' });
    expect(chainOf(elements('service_ports').get(key))).toEqual(['meta l4proto tcp dnat ip to 10.201.1.2:8080']);
  });

  it('leads a node port to every target, and under Local only clients of this node', () => {
    const anywhere = rulesFor({ ...base, nodePort: 30080 });
    expect(anywhere.chainOf(anywhere.elements('node_ports').get('tcp . 30080'))).toEqual([
      'meta mark set meta mark or 0x4000',
      expect.stringMatching(/^goto service-/),
    ]);
    const local = rulesFor({ ...base, nodePort: 30080, externalPolicy: 'Local' });
    expect(local.chainOf(local.elements('node_ports').get('tcp . 30080'))).toEqual([
      expect.stringMatching(/^ip saddr 10.201.1.0\/24 goto service-/),
      'fib saddr type local meta mark set meta mark or 0x4000',
      expect.stringMatching(/^fib saddr type local goto service-/),
      expect.stringMatching(/^goto local-/),
    ]);
  });

  it('sends a client that it knows to the same target again', () => {
    const { elements, chainOf, collections } = rulesFor({ ...base, affinitySeconds: 60 });
    const rules = chainOf(elements('service_ports').get(key));
    expect(rules.filter((rule) => /^ip saddr @clients-60-\S+ goto target-/.test(rule))).toHaveLength(2);
    expect(rules.at(-1)).toMatch(/^numgen random mod 2 vmap \{ 0 : goto target-\S+, 1 : goto target-/);
    const sets = [...collections].filter(([name]) => name.startsWith('clients-60-'));
    expect(sets.map(([, { declaration }]) => declaration)).toEqual(
      Array(2).fill(expect.stringContaining('timeout 60s')),
    );
  });

  it('leaves the addresses alone that the node answers itself', () => {
    const { elements } = rulesFor({ ...base, clusterAddresses: ['10.96.0.10'] });
    expect(elements('service_ports').size + elements('service_addresses').size).toBe(0);
  });

  it('gives long names that begin alike different chains that nftables takes', () => {
    const long = 'x'.repeat(63);
    const { chains } = serviceRules(
      ['a', 'b'].map((port) => ({ ...base, namespace: long, service: long, port: `${long}${port}` })),
      node,
    );
    const names = [...chains.keys()].filter((name) => name.startsWith('service-'));
    expect(new Set(names).size).toBe(2);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThan(128);
  });
});
