import { aCluster, aNode, aRecord } from '../../testing/builders.js';
import { scored } from '../../testing/ask-plugin.js';
import { imageLocality } from './image-locality.plugin.js';

const mebibyte = 1024 * 1024;
const having = (sizeBytes: number) => ({ images: [{ names: ['app:latest'], sizeBytes }] });

it('prefers nodes that have the image, large ones more, rare ones less', () => {
  const cluster = aCluster([aNode('large', having(500 * mebibyte))], [aNode('none')]);
  expect(scored(imageLocality, aRecord('p'), cluster)).toEqual({ large: 23, none: 0 });
  const everywhere = aCluster([aNode('a', having(500 * mebibyte))], [aNode('b', having(500 * mebibyte))]);
  expect(scored(imageLocality, aRecord('p'), everywhere)).toEqual({ a: 48, b: 48 });
});

it('forgets images of nodes that lost them', () => {
  const cluster = aCluster([aNode('a', having(500 * mebibyte))]);
  cluster.setNode(aNode('a'));
  expect(scored(imageLocality, aRecord('p'), cluster)).toBeUndefined();
});
