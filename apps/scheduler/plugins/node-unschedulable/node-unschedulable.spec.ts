import { aCluster, aNode, aRecord } from '../../testing/builders.js';
import { filtered } from '../../testing/ask-plugin.js';
import { nodeUnschedulable } from './node-unschedulable.plugin.js';

const cluster = aCluster([aNode('open')], [aNode('cordoned', { unschedulable: true })]);

it('keeps pods from cordoned nodes, unless they tolerate it', () => {
  expect(filtered(nodeUnschedulable, aRecord('p'), cluster)).toEqual({
    open: 'fits',
    cordoned: 'node(s) were unschedulable',
  });
  const tolerant = aRecord('p', {
    spec: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] },
  });
  expect(filtered(nodeUnschedulable, tolerant, cluster)).toEqual({ open: 'fits', cordoned: 'fits' });
});
