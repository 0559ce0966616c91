import { aCluster, aNode, aRecord } from '../../testing/builders.js';
import { filtered } from '../../testing/ask-plugin.js';
import { nodeName } from './node-name.plugin.js';

const cluster = aCluster([aNode('a')], [aNode('b')]);

it('keeps a pod that names a node on it', () => {
  expect(filtered(nodeName, aRecord('p', { spec: { nodeName: 'b' } }), cluster)).toEqual({
    a: "node(s) didn't match the requested node name",
    b: 'fits',
  });
  expect(filtered(nodeName, aRecord('p'), cluster)).toEqual({ a: 'fits', b: 'fits' });
});
