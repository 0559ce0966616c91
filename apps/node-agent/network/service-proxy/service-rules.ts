import { createHash } from 'node:crypto';
import type { Chain, Collection, Ruleset } from './ruleset.js';
import type { ServicePort, Target } from './service-ports.js';

/** What a node's rules depend on besides the Services. */
export interface NodeNetwork {
  /** The range of this node's pods. */
  readonly podCidr: string;
  /** Addresses that the node answers itself, such as that of the cluster's DNS; no rule may touch them. */
  readonly reserved: readonly string[];
}

/** Packets with this mark leave under the node's own address, so that the answers come back through it. */
const masqueradeMark = '0x4000';
const mark = `meta mark set meta mark or ${masqueradeMark}`;

/**
 * The rules by which a node forwards connections to Services: a map from address and port to a chain, and in the chain a target picked
 * at random. What has no target is refused; what the policy Local has no target for is dropped. Pure.
 */
export function serviceRules(ports: readonly ServicePort[], node: NodeNetwork): Ruleset {
  const served = ports
    .map((port) => ({ ...port, clusterAddresses: port.clusterAddresses.filter((a) => !node.reserved.includes(a)) }))
    .filter(({ clusterAddresses }) => clusterAddresses.length > 0);
  const rules = new RulesetBuilder();
  for (const port of served) {
    addClusterAddresses(rules, port, node);
    if (port.nodePort !== undefined || port.externalAddresses.length > 0) addExternal(rules, port, node);
    for (const { address } of port.localTargets) rules.element('hairpin', `${address} . ${address}`);
  }
  return rules.build();
}

function addClusterAddresses(rules: RulesetBuilder, port: ServicePort, { podCidr }: NodeNetwork): void {
  const local = port.internalPolicy === 'Local';
  const targets = local ? port.localTargets : port.targets;
  const verdict =
    targets.length > 0 ? `goto ${rules.targetChain(port, local ? 'local' : 'service', podCidr)}` : undefined;
  for (const address of port.clusterAddresses) {
    rules.element('service_addresses', address);
    const key = `${address} . ${port.protocol} . ${port.number}`;
    if (verdict) rules.element('service_ports', key, verdict);
    else rules.element('unserved_ports', key, port.targets.length > 0 ? 'drop' : 'goto refuse');
  }
}

/** From outside: node ports and external addresses. Inside clients of the policy Local may still reach every target. */
function addExternal(rules: RulesetBuilder, port: ServicePort, { podCidr }: NodeNetwork): void {
  const local = port.externalPolicy === 'Local';
  const keys = port.externalAddresses.map((address) => `${address} . ${port.protocol} . ${port.number}`);
  const nodeKey = port.nodePort === undefined ? [] : [`${port.protocol} . ${port.nodePort}`];
  const unserved =
    port.targets.length === 0 ? 'goto refuse' : local && port.localTargets.length === 0 ? 'drop' : undefined;
  if (unserved) {
    for (const key of keys) rules.element('unserved_ports', key, unserved);
    for (const key of nodeKey) rules.element('unserved_node_ports', key, unserved);
  }
  if (port.targets.length === 0) return;
  const all = rules.targetChain(port, 'service', podCidr);
  const name = chainName('external', port);
  rules.chain(
    name,
    local
      ? [
          `ip saddr ${podCidr} goto ${all}`,
          `fib saddr type local ${mark}`,
          `fib saddr type local goto ${all}`,
          ...(port.localTargets.length > 0 ? [`goto ${rules.targetChain(port, 'local', podCidr)}`] : []),
        ]
      : [mark, `goto ${all}`],
  );
  for (const key of keys) rules.element('service_ports', key, `goto ${name}`);
  for (const key of nodeKey) rules.element('node_ports', key, `goto ${name}`);
}

class RulesetBuilder {
  private readonly chains = new Map<string, Chain>(Object.entries(baseChains));
  private readonly collections = new Map<string, Collection & { elements: Map<string, string> }>(
    Object.entries(baseCollections).map(([name, base]) => [name, { ...base, elements: new Map<string, string>() }]),
  );

  chain(name: string, rules: readonly string[]): void {
    this.chains.set(name, { rules });
  }

  element(collection: keyof typeof baseCollections, key: string, value = ''): void {
    this.collections.get(collection)?.elements.set(key, value);
  }

  /** The chain that sends a connection to one of the port's targets; made on first use. */
  targetChain(port: ServicePort, kind: 'service' | 'local', podCidr: string): string {
    const name = chainName(kind, port);
    if (this.chains.has(name)) return name;
    const targets = kind === 'local' ? port.localTargets : port.targets;
    // Who is neither a pod of this node nor the policy's own business comes from elsewhere: its answers must come back through here.
    const foreign = kind === 'service' ? [`ip saddr != ${podCidr} ${mark}`] : [];
    const pick =
      port.affinitySeconds === undefined
        ? [dnat(port, targets)]
        : this.stickyTargets(port, targets, port.affinitySeconds);
    this.chain(name, [...foreign, ...pick]);
    return name;
  }

  /** One chain and one set of clients a target: a client that is in a set goes there again. */
  private stickyTargets(port: ServicePort, targets: readonly Target[], seconds: number): string[] {
    const chains = targets.map((target) => {
      const name = chainName('target', port, target);
      const clients = chainName(`clients-${seconds}`, port, target);
      this.collections.set(clients, {
        kind: 'set',
        declaration: `type ipv4_addr; flags dynamic,timeout; timeout ${seconds}s;`,
        elements: new Map(),
      });
      this.chain(name, [`update @${clients} { ip saddr }`, dnat(port, [target])]);
      return { name, clients };
    });
    const verdicts = chains.map(({ name }, i) => `${i} : goto ${name}`).join(', ');
    return [
      ...chains.map(({ name, clients }) => `ip saddr @${clients} goto ${name}`),
      `numgen random mod ${chains.length} vmap { ${verdicts} }`,
    ];
  }

  build(): Ruleset {
    return { chains: this.chains, collections: this.collections };
  }
}

function dnat({ protocol }: ServicePort, targets: readonly Target[]): string {
  const [only] = targets;
  if (targets.length === 1 && only) return `meta l4proto ${protocol} dnat ip to ${only.address}:${only.port}`;
  const choices = targets.map(({ address, port }, i) => `${i} : ${address} . ${port}`).join(', ');
  return `meta l4proto ${protocol} dnat ip to numgen random mod ${targets.length} map { ${choices} }`;
}

/** Readable, unique and within nftables' 128 characters: a digest keeps apart what cutting makes equal. */
function chainName(kind: string, { namespace, service, protocol, port }: ServicePort, target?: Target): string {
  const full = [namespace, service, protocol, port, ...(target ? [`${target.address}/${target.port}`] : [])].join('/');
  const digest = createHash('sha256').update(full).digest('hex').slice(0, 8);
  return `${kind}-${digest}-${full.slice(0, 90).replace(/[^A-Za-z0-9/._-]/g, '_')}`;
}

const addressPort = 'ip daddr . meta l4proto . th dport';
const refusals = [
  `ct state new ${addressPort} vmap @unserved_ports`,
  'ct state new fib daddr type local meta l4proto . th dport vmap @unserved_node_ports',
  // What is left with a Service's address asks for a port that the Service does not have.
  'ct state new ip daddr @service_addresses goto refuse',
];
const forwarding = [
  `${addressPort} vmap @service_ports`,
  'ip daddr != 127.0.0.0/8 fib daddr type local meta l4proto . th dport vmap @node_ports',
];

const baseChains: Readonly<Record<string, Chain>> = {
  refuse: { rules: ['meta l4proto tcp reject with tcp reset', 'reject'] },
  prerouting: { hook: 'type nat hook prerouting priority -100; policy accept;', rules: forwarding },
  output: { hook: 'type nat hook output priority -100; policy accept;', rules: forwarding },
  postrouting: {
    hook: 'type nat hook postrouting priority 100; policy accept;',
    rules: [
      `meta mark & ${masqueradeMark} != 0 masquerade fully-random`,
      // A pod that reached itself through its Service must not see its own address as the client's: the answer would bypass the node.
      'ct status dnat ip saddr . ip daddr @hairpin masquerade fully-random',
    ],
  },
  // After the hooks above: what they have sent on carries a pod's address by now.
  filter_input: { hook: 'type filter hook input priority -90; policy accept;', rules: refusals },
  filter_forward: { hook: 'type filter hook forward priority -90; policy accept;', rules: refusals },
  filter_output: { hook: 'type filter hook output priority -90; policy accept;', rules: refusals },
};

const byAddressAndPort = 'type ipv4_addr . inet_proto . inet_service : verdict;';
const byPort = 'type inet_proto . inet_service : verdict;';
const baseCollections = {
  service_ports: { kind: 'map', declaration: byAddressAndPort },
  node_ports: { kind: 'map', declaration: byPort },
  unserved_ports: { kind: 'map', declaration: byAddressAndPort },
  unserved_node_ports: { kind: 'map', declaration: byPort },
  service_addresses: { kind: 'set', declaration: 'type ipv4_addr;' },
  hairpin: { kind: 'set', declaration: 'type ipv4_addr . ipv4_addr;' },
} as const;
