import type { ContainerPort } from '@shiplog/domain';
import { aCluster, aNode, aRecord } from '../../testing/builders.js';
import { filtered } from '../../testing/ask-plugin.js';
import { nodePorts } from './node-ports.plugin.js';

const holding = (...ports: ContainerPort[]) => ({ spec: { containers: [{ name: 'c', ports }] } });
const port = (hostPort: number, more: Partial<ContainerPort> = {}): ContainerPort => ({
  containerPort: 80,
  hostPort,
  ...more,
});
const taken = "node(s) didn't have free ports for the requested pod ports";

const cases: [name: string, held: ContainerPort, wanted: ContainerPort, verdict: string][] = [
  ['another port', port(80), port(81), 'fits'],
  ['the same port', port(80), port(80), taken],
  ['another protocol', port(80), port(80, { protocol: 'UDP' }), 'fits'],
  ['another address', port(80, { hostIP: '127.0.0.1' }), port(80, { hostIP: '127.0.0.2' }), 'fits'],
  ['any address wanted', port(80, { hostIP: '127.0.0.1' }), port(80), taken],
  ['any address held', port(80), port(80, { hostIP: '127.0.0.1' }), taken],
  ['no host port wanted', port(80), { containerPort: 80 }, 'fits'],
];
test.each(cases)('%s', (_, held, wanted, verdict) => {
  const cluster = aCluster([aNode('n'), aRecord('holder', holding(held))]);
  expect(filtered(nodePorts, aRecord('p', holding(wanted)), cluster)).toEqual({ n: verdict });
  cluster.removePod('default/holder');
  expect(filtered(nodePorts, aRecord('p', holding(wanted)), cluster)).toEqual({ n: 'fits' });
});
