import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { notFound, unavailable, type Node, type ObjectReader } from '@shiplog/domain';

const defaultPort = 10250;
/** Addresses before names: nothing but the nodes themselves may know how to resolve a node's name. */
const preferred = ['InternalIP', 'ExternalIP', 'InternalDNS', 'ExternalDNS', 'Hostname'];

/** Where a node's agent listens: `https://10.0.0.1:10250`. Pure. @throws ServiceUnavailable if the node has not said so. */
export function agentAddress({ metadata, status }: Node): URL {
  const addresses = status?.addresses ?? [];
  const address = preferred.flatMap((type) => addresses.find((one) => one.type === type)?.address ?? [])[0];
  if (address === undefined) throw unavailable(`no preferred addresses found for node ${metadata.name}`);
  const port = status?.daemonEndpoints?.kubeletEndpoint?.Port || defaultPort;
  return new URL(`https://${address.includes(':') ? `[${address}]` : address}:${port}`);
}

/** The way to node-agents: with a client certificate that they trust, and trusting only those of the cluster's authority. */
export interface NodeConnection {
  readonly agent: Agent;
  /** @throws NotFound or ServiceUnavailable */
  addressOf(node: string, read: ObjectReader): URL;
}

export function nodeConnection(pkiFolder: string): NodeConnection {
  const file = (name: string): Buffer => readFileSync(join(pkiFolder, name));
  return {
    agent: new Agent({
      ca: file('ca.crt'),
      cert: file('apiserver-kubelet-client.crt'),
      key: file('apiserver-kubelet-client.key'),
      keepAlive: true,
    }),
    addressOf: (name, read) => {
      const node = read.get<Node>({ group: '', plural: 'nodes', namespace: '', name });
      if (node === undefined) throw notFound({ group: '', plural: 'nodes' }, name);
      return agentAddress(node);
    },
  };
}
