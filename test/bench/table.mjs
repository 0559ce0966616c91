// Tables of a report: rows of cells, the head first, the names in the first column. Pure.

/** For a terminal: the first column to the left, the others to the right. */
export function aligned(rows) {
  const length = (cell) => [...String(cell)].length;
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => length(row[i]))));
  const pad = (cell, i) => {
    const space = ' '.repeat(widths[i] - length(cell));
    return i === 0 ? `${cell}${space}` : `${space}${cell}`;
  };
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** For docs/benchmarks.md. */
export const markdown = ([head, ...rows]) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
