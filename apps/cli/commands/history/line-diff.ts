/** One line of a comparison: of both texts, or of one of them. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** The shortest edit from one list of lines to another, by their longest common subsequence. Pure. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const common = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [old, fresh] = [before[i], after[j]];
    if (old === undefined && fresh === undefined) return lines;
    if (old !== undefined && old === fresh) {
      lines.push({ sign: ' ', text: old });
      i++;
      j++;
    } else if (old !== undefined && (fresh === undefined || common(i + 1, j) >= common(i, j + 1))) {
      lines.push({ sign: '-', text: old });
      i++;
    } else {
      lines.push({ sign: '+', text: fresh ?? '' });
      j++;
    }
  }
}

/** How many lines the rests of two texts have in common, behind line i of the one and j of the other. */
function commonLengths(before: readonly string[], after: readonly string[]): (i: number, j: number) => number {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row) row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  return at;
}

/** A comparison as `diff -u` prints it, with so many lines around each change. Empty if nothing differs. Pure. */
export function unified(lines: readonly DiffLine[], context = 3): string[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - context), i + context + 1).some(({ sign }) => sign !== ' '),
  );
  const result: string[] = [];
  let [oldLine, newLine, inHunk] = [1, 1, false];
  lines.forEach(({ sign, text }, i) => {
    if (near[i]) {
      if (!inHunk) result.push(`@@ -${oldLine} +${newLine} @@`);
      result.push(sign + text);
    }
    inHunk = near[i] ?? false;
    if (sign !== '+') oldLine++;
    if (sign !== '-') newLine++;
  });
  return result;
}
