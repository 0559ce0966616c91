import type { ApiRequest } from '@shiplog/client';
import { asNode, asNodes } from './as-node.js';

const ref = { group: '', version: 'v1', plural: 'nodes', name: 'node-7' };

test.each([
  ['of a node is its own', (send: never) => asNode(send, 'node-7').get(ref), 'system:node:node-7', ['system:nodes']],
  [
    'in the name of a node is its own',
    (send: never) => asNodes(send).delete(ref, { actAs: 'system:node:node-7' }),
    'system:node:node-7',
    ['system:nodes'],
  ],
  ["of nobody in particular is the process's", (send: never) => asNodes(send).get(ref), undefined, undefined],
])('a request %s', async (_, act, actAs, actAsGroups) => {
  const sent: ApiRequest[] = [];
  await act({ send: (request: ApiRequest) => (sent.push(request), Promise.resolve({ code: 200, body: {} })) } as never);
  expect(sent).toMatchObject([{ ...(actAs ? { actAs, actAsGroups } : {}) }]);
  expect(sent[0]?.actAsGroups).toEqual(actAsGroups);
});
