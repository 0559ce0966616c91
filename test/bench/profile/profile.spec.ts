import { bySelfTime, callTree } from './call-tree.mjs';
import { flameGraph } from './flame-graph.mjs';

const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });
/** root → (idle), serve → parse → parse, serve → send */
const profile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('serve', 'file:///somewhere/libs/x/dist/serve.js', 9), children: [4, 6] },
    { id: 4, callFrame: frame('parse<T>'), children: [5] },
    { id: 5, callFrame: frame('parse<T>') },
    { id: 6, callFrame: frame('', 'file:///somewhere/node_modules/ws/lib/sender.js', 0) },
  ],
  samples: [2, 3, 4, 5, 5, 6, 2],
  timeDeltas: [9000, 1000, 2000, 3000, 3000, 500, 9000],
};

describe('what a profile says', () => {
  const tree = callTree(profile);

  it('is where the time went, idle time left out', () => {
    expect(tree.total).toBe(9.5);
    expect(tree.children).toHaveLength(1);
    expect(tree.children[0]).toMatchObject({ name: 'serve', place: 'libs/x/dist/serve.js:10', self: 1, total: 9.5 });
  });

  it('sums a function over its callers, and counts what recursion repeats once', () =>
    expect(bySelfTime(tree)).toEqual([
      { name: 'parse<T>', place: '', self: 8, total: 8 },
      { name: 'serve', place: 'libs/x/dist/serve.js:10', self: 1, total: 9.5 },
      { name: '(anonymous)', place: 'ws/lib/sender.js:1', self: 0.5, total: 0.5 },
    ]));

  it('becomes a page that needs nothing else', () => {
    const page = flameGraph(tree, 'gateway & log');
    expect(page.match(/<rect /g)).toHaveLength(5);
    expect(page).toContain('<title>parse&lt;T&gt;\n8.0 ms, 84.2 %; itself 2.0 ms</title>');
    expect(page).toContain('<h1>gateway &amp; log</h1>');
    expect(page).not.toMatch(/(src|href)=/);
  });
});
