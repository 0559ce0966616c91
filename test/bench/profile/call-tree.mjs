// What a sampled profile says: a tree of calls with the time in each, and the functions that took most. Pure.

/** Time that nothing ran in. */
const idle = new Set(['(idle)', '(root)']);

/** `{ name, place, self, total, children }` in ms, idle time left out; calls of one function from one caller are one node. */
export function callTree({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const self = new Map();
  samples.forEach((id, i) => self.set(id, (self.get(id) ?? 0) + (timeDeltas[i] ?? 0) / 1000));
  const built = ({ id, callFrame, children = [] }) => {
    const below = children.map((child) => built(byId.get(child))).filter(({ total }) => total > 0);
    const own = idle.has(callFrame.functionName) ? 0 : (self.get(id) ?? 0);
    return {
      name: callFrame.functionName || '(anonymous)',
      place: placeOf(callFrame),
      self: own,
      total: below.reduce((sum, { total }) => sum + total, own),
      children: below.sort((a, b) => b.total - a.total),
    };
  };
  return built(nodes[0]);
}

/** File and line, the file from the workspace's or a package's folder on. */
const placeOf = ({ url, lineNumber }) => {
  if (url === '') return '';
  const file = url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/node_modules\//, '')
    .replace(/^.*\/((apps|libs)\/)/, '$1');
  return `${file}:${lineNumber + 1}`;
};

/** The functions that took most time themselves: `{ name, place, self, total }`, most first. A recursive call's total counts once. */
export function bySelfTime(tree) {
  const functions = new Map();
  const visit = (node, above) => {
    const key = `${node.name} ${node.place}`;
    const found = functions.get(key) ?? { name: node.name, place: node.place, self: 0, total: 0 };
    functions.set(key, found);
    found.self += node.self;
    if (!above.has(key)) found.total += node.total;
    const path = new Set(above).add(key);
    for (const child of node.children) visit(child, path);
  };
  for (const child of tree.children) visit(child, new Set());
  return [...functions.values()].sort((a, b) => b.self - a.self);
}
