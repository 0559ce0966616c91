// A call tree as one HTML page that needs nothing else: a box a call, as wide as its time; a click makes it fill the page. Pure.

const [pageWidth, rowHeight, narrowest] = [1400, 18, 0.4];

/** The page. Boxes below `narrowest` pixels are left out; zooming does not bring them back. */
export function flameGraph(tree, title) {
  const boxes = [];
  const scale = pageWidth / (tree.total || 1);
  let deepest = 0;
  const place = (node, x, depth) => {
    if (node.total * scale < narrowest) return;
    deepest = Math.max(deepest, depth);
    boxes.push({ node, x, depth });
    let next = x;
    for (const child of node.children) {
      place(child, next, depth + 1);
      next += child.total;
    }
  };
  place(tree, 0, 0);
  const height = (deepest + 1) * rowHeight;
  const shapes = boxes.map(({ node, x, depth }) =>
    box(node, x * scale, depth * rowHeight, node.total * scale, tree.total),
  );
  return page(
    escaped(title),
    `<svg width="100%" height="${height}" viewBox="0 0 ${pageWidth} ${height}" preserveAspectRatio="none">\n${shapes.join('\n')}\n</svg>`,
  );
}

function box(node, x, y, width, total) {
  const share = `${node.total.toFixed(1)} ms, ${((100 * node.total) / total).toFixed(1)} %; itself ${node.self.toFixed(1)} ms`;
  const at = `x="${x.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${rowHeight - 1}"`;
  const label = `${node.name}${node.place ? ` ${node.place}` : ''}`;
  return `<g><title>${escaped(`${label}\n${share}`)}</title><rect ${at} fill="${colour(node)}"/><text y="${y + 13}">${escaped(node.name)}</text></g>`;
}

/** One hue for our own code, one for packages, one for Node.js itself and the machine below it. */
function colour({ name, place }) {
  const shade = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 97, 7) % 20;
  if (/^(apps|libs)\//.test(place)) return `hsl(28 85% ${60 + shade}%)`;
  return place === '' || place.startsWith('node:') ? `hsl(210 25% ${72 + shade}%)` : `hsl(130 35% ${65 + shade}%)`;
}

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text) => text.replaceAll(/[&<>"]/g, (character) => entities[character]);

/** Text is drawn by the script, for only it knows how wide a box is on the reader's screen. */
const page = (title, svg) => `<!doctype html>
<meta charset="utf-8">
<title>${title}</title>
<style>
  body { margin: 12px; font: 12px ui-monospace, monospace; background: #fff; color: #222 }
  rect { stroke: #fff; stroke-width: .5; cursor: pointer } text { pointer-events: none }
  h1 { font-size: 14px } p { color: #666 }
</style>
<h1>${title}</h1>
<p>Orange: Shiplog. Green: packages. Grey: Node.js and below. A click fills the page with a call, a click on the first row shows all.</p>
${svg}
<script>
  const svg = document.querySelector('svg');
  const boxes = [...svg.querySelectorAll('g')].map((g) => {
    const rect = g.querySelector('rect'), text = g.querySelector('text');
    return { g, rect, text, name: text.textContent, x: +rect.getAttribute('x'), w: +rect.getAttribute('width') };
  });
  function show(from, width) {
    const page = svg.clientWidth, scale = page / width;
    svg.setAttribute('viewBox', '0 0 ' + page + ' ' + svg.getAttribute('height'));
    for (const { g, rect, text, name, x, w } of boxes) {
      const left = Math.max(0, (x - from) * scale), right = Math.min(page, (x + w - from) * scale);
      g.style.display = right - left > 0.3 ? '' : 'none';
      rect.setAttribute('x', left);
      rect.setAttribute('width', Math.max(0, right - left));
      text.setAttribute('x', left + 3);
      const letters = Math.floor((right - left - 6) / 7.3);
      text.textContent = letters < 2 ? '' : name.length > letters ? name.slice(0, letters - 1) + '…' : name;
    }
  }
  let shown = [0, ${pageWidth}];
  for (const { rect, x, w } of boxes) rect.addEventListener('click', () => show(...(shown = [x, w])));
  addEventListener('resize', () => show(...shown));
  show(...shown);
</script>
`;
