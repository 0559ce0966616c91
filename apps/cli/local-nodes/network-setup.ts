import { readFile, writeFile } from 'node:fs/promises';
import { networkPlan, nodePlans, type Cluster, type NetworkPlan, type NodePlan } from '../cluster/cluster.js';
import type { ClusterSettings } from '../cluster/cluster-settings.js';
import { runCommand, succeeds } from './run-command.js';

/** The network namespace of a node. */
export const namespaceOf = ({ name }: Pick<ClusterSettings, 'name'>, node: string): string => `${name}-${node}`;

/** Linux allows 15 characters; a cluster's name has at most 9. */
const hostLinkOf = ({ name }: ClusterSettings, index: number): string => `${name}-n${index + 1}`;

/** Joins the nodes' network namespaces by a bridge, with routes from node to node and from the machine to the pods. */
export async function setUpNetwork({ settings }: Cluster): Promise<void> {
  const [network, nodes] = [networkPlan(settings), nodePlans(settings)];
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1');
  await raiseLimit('/proc/sys/fs/inotify/max_user_instances', 1024);
  await runCommand('ip', ['-batch', '-'], machineLinks(settings, network, nodes));
  await Promise.all(nodes.map((node) => setUpNode(settings, network, node, nodes)));
  await runCommand('nft', ['-f', '-'], masquerade(settings, network));
  await acceptForwarding(network);
}

/** The kernel's default of 128 instances is soon used up by node-agents, container runtimes and whoever follows their logs. */
async function raiseLimit(file: string, atLeast: number): Promise<void> {
  if (Number(await readFile(file, 'utf8')) < atLeast) await writeFile(file, String(atLeast));
}

/** Commands of `ip -batch` for the machine's own side. Pure. */
export const machineLinks = (settings: ClusterSettings, network: NetworkPlan, nodes: readonly NodePlan[]): string =>
  [
    `link add ${network.bridge} type bridge`,
    `addr add ${network.hostAddress}/24 dev ${network.bridge}`,
    `link set ${network.bridge} up`,
    ...nodes.flatMap((node, i) => [
      `netns add ${namespaceOf(settings, node.name)}`,
      `link add ${hostLinkOf(settings, i)} type veth peer name eth0 netns ${namespaceOf(settings, node.name)}`,
      `link set ${hostLinkOf(settings, i)} master ${network.bridge} up`,
      `route add ${node.podCidr} via ${node.address}`,
    ]),
    '',
  ].join('\n');

/** Commands of `ip -batch` inside a node. Pure. */
export const nodeLinks = (network: NetworkPlan, node: NodePlan, nodes: readonly NodePlan[]): string =>
  [
    'link set lo up',
    `addr add ${node.address}/24 dev eth0`,
    'link set eth0 up',
    `route add default via ${network.hostAddress}`,
    ...nodes
      .filter(({ name }) => name !== node.name)
      .map(({ podCidr, address }) => `route add ${podCidr} via ${address}`),
    '',
  ].join('\n');

async function setUpNode(settings: ClusterSettings, network: NetworkPlan, node: NodePlan, nodes: readonly NodePlan[]) {
  const namespace = namespaceOf(settings, node.name);
  await runCommand('ip', ['-n', namespace, '-batch', '-'], nodeLinks(network, node, nodes));
  await runCommand('nsenter', [
    `--net=/run/netns/${namespace}`,
    '--',
    'sh',
    '-c',
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
  ]);
}

const tableOf = ({ name }: ClusterSettings): string => `shiplog-${name}`;

/** Nodes and pods reach the outside world under the machine's address. Pure. */
const masquerade = (settings: ClusterSettings, { nodeCidr, podCidr }: NetworkPlan): string => `
table ip ${tableOf(settings)} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr { ${nodeCidr}, ${podCidr} } ip daddr != { ${nodeCidr}, ${podCidr} } masquerade
  }
}
`;

const directions = (bridge: string): string[][] => [
  ['-i', bridge],
  ['-o', bridge],
];

/** Where Docker or a firewall drops what it does not know, the bridge's traffic must be accepted by name. */
async function acceptForwarding({ bridge }: NetworkPlan): Promise<void> {
  const chain = await forwardingChain();
  if (!chain) return;
  for (const direction of directions(bridge))
    await runCommand('iptables', ['-I', chain, '1', ...direction, '-j', 'ACCEPT']);
}

/** The chain that decides on forwarded packets, if any drops them: Docker's own for users' rules, else FORWARD. */
export async function forwardingChain(): Promise<string | undefined> {
  const rules = await runCommand('iptables', ['-S']).catch(() => '');
  if (/^-N DOCKER-USER$/m.test(rules)) return 'DOCKER-USER';
  return /^-P FORWARD DROP$/m.test(rules) ? 'FORWARD' : undefined;
}

/** Takes away whatever of the cluster's network is there: this one's, or what a killed cluster of the same name left. Idempotent. */
export async function tearDownNetwork({ settings }: Cluster): Promise<void> {
  const { bridge } = networkPlan(settings);
  for (const chain of ['DOCKER-USER', 'FORWARD'])
    for (const direction of directions(bridge))
      while (await succeeds('iptables', ['-D', chain, ...direction, '-j', 'ACCEPT']));
  await succeeds('nft', ['delete', 'table', 'ip', tableOf(settings)]);
  const { namespaces, links } = await leftoverNetwork(settings);
  await Promise.all(namespaces.map((name) => runCommand('ip', ['netns', 'delete', name])));
  // A link whose other end went with its namespace may vanish meanwhile.
  await Promise.all(links.map((name) => succeeds('ip', ['link', 'delete', name])));
}

/** Network namespaces and interfaces that carry the cluster's name. */
export async function leftoverNetwork(
  settings: Pick<ClusterSettings, 'name' | 'networkIndex'>,
): Promise<{ namespaces: string[]; links: string[] }> {
  const [namespaces, links] = await Promise.all([
    runCommand('ip', ['netns', 'list']).catch(() => ''),
    readFile('/proc/net/dev', 'utf8'),
  ]);
  const firstWords = namespaces.split('\n').map((line) => line.split(' ')[0] ?? '');
  const names = links.split('\n').map((line) => /^\s*([^:\s]+):/.exec(line)?.[1] ?? '');
  return {
    namespaces: firstWords.filter((name) => name.startsWith(`${settings.name}-node-`)),
    links: names.filter(
      (name) => name === networkPlan(settings).bridge || new RegExp(`^${settings.name}-n\\d+$`).test(name),
    ),
  };
}
