// Line charts as SVG. Pure.

const [width, height] = [640, 320];
const frame = { left: 64, right: 16, top: 36, bottom: 64 };
const colours = ['#0b6e99', '#d9730d', '#6940a5', '#448361', '#d44c47', '#9f6b53'];
const escaped = (text) => String(text).replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);
const short = (n) =>
  n >= 1e6 ? `${+(n / 1e6).toPrecision(3)}M` : n >= 1e4 ? `${+(n / 1e3).toPrecision(3)}k` : String(+n.toPrecision(3));

/** Round numbers from 0 to at least `max`, five or so. */
function ticks(max) {
  const rough = (max || 1) / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * unit).find((each) => each >= rough);
  return Array.from({ length: Math.ceil((max || 1) / step) + 1 }, (_, i) => i * step);
}

/**
 * `series`: name and points [x, y]. The x axis is logarithmic (`log`), then marked where there are points, or goes from 0 on; the y axis begins at 0.
 * `limit` draws a line at what is allowed.
 */
export function lineChart({ title, x, y, log = false, series, limit }) {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const yMarks = ticks(Math.max(limit ?? 0, ...series.flatMap(({ points }) => points.map(([, value]) => value))));
  const xMarks = log ? xs : ticks(xs.at(-1));
  const scale = log ? (value) => Math.log(Math.max(value, 1)) : (value) => value;
  const [least, most] = log ? [scale(xs[0]), scale(xs.at(-1))] : [0, xMarks.at(-1)];
  const across = (value) =>
    (frame.left + ((scale(value) - least) / (most - least || 1)) * (width - frame.left - frame.right)).toFixed(1);
  const up = (value) =>
    (height - frame.bottom - (value / yMarks.at(-1)) * (height - frame.top - frame.bottom)).toFixed(1);
  const text = (at, content, more = '') => `<text x="${at[0]}" y="${at[1]}" ${more}>${escaped(content)}</text>`;
  const line = (from, to, more) => `<path d="M${from} L${to}" ${more}/>`;
  const bottom = height - frame.bottom;
  const grid = yMarks.flatMap((value) => [
    line(`${frame.left},${up(value)}`, `${width - frame.right},${up(value)}`, 'stroke="#e3e2e0"'),
    text([frame.left - 6, Number(up(value)) + 4], short(value), 'text-anchor="end"'),
  ]);
  const marks = xMarks.map((value) => text([across(value), bottom + 16], short(value), 'text-anchor="middle"'));
  const drawn = series.flatMap(({ points }, i) => {
    const colour = colours[i % colours.length];
    const path = points.map(([at, value]) => `${across(at)},${up(value)}`).join(' ');
    const dots =
      points.length > 30
        ? []
        : points.map(([at, value]) => `<circle cx="${across(at)}" cy="${up(value)}" r="3" fill="${colour}"/>`);
    return [`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`, ...dots];
  });
  const legendWidth = (width - frame.left - frame.right) / series.length;
  const legend = series.flatMap(({ name }, i) => {
    const left = frame.left + i * legendWidth;
    return [
      `<rect x="${left}" y="${height - 17}" width="10" height="10" fill="${colours[i % colours.length]}"/>`,
      text([left + 14, height - 8], name),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11" fill="#37352f">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text([frame.left, 20], title, 'font-size="14" font-weight="600"'),
    text([width - frame.right, 20], y, 'text-anchor="end"'),
    text([(width + frame.left) / 2, bottom + 34], x, 'text-anchor="middle"'),
    ...grid,
    ...(limit === undefined
      ? []
      : [
          line(
            `${frame.left},${up(limit)}`,
            `${width - frame.right},${up(limit)}`,
            'stroke="#d44c47" stroke-dasharray="4 4"',
          ),
        ]),
    ...marks,
    ...drawn,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}
