/** A range of indexes of an Indexed Job, both ends included. */
interface Interval {
  readonly from: number;
  readonly to: number;
}

function parseIndex(text: string, completions: number): number | string {
  if (!/^[+-]?[0-9]+$/.test(text)) return `cannot convert string to integer for index: "${text}"`;
  return Number(text) >= completions ? `too large index: "${text}"` : Number(text);
}

function parseInterval(text: string, completions: number): Interval | string {
  const ends = text.split('-');
  if (ends.length > 2)
    return `the fragment "${text}" violates the requirement that an index interval can have at most two parts separated by '-'`;
  const [from, to = from] = ends.map((end) => parseIndex(end, completions));
  if (typeof from === 'string') return from;
  if (typeof to === 'string') return to;
  if (from === undefined || to === undefined) return 'empty interval';
  return ends.length > 1 && from >= to ? outOfOrder(from, to) : { from, to };
}

const outOfOrder = (previous: number, current: number): string =>
  `non-increasing order, previous: ${previous}, current: ${current}`;

/** How many indexes `0,2-4` names; a text says what is wrong with it. Pure. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let total = 0;
  let last: number | undefined;
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions);
    if (typeof interval === 'string') return interval;
    if (last !== undefined && last >= interval.from) return outOfOrder(last, interval.from);
    total += interval.to - interval.from + 1;
    last = interval.to;
  }
  return total;
}

const readable = (text: string, completions: number): Interval[] =>
  text
    .split(',')
    .map((part) => parseInterval(part, completions))
    .filter((interval) => typeof interval !== 'string');

/** The first index that both texts name. What cannot be read names nothing. Pure. */
export function overlap(a: string, b: string, completions: number): number | undefined {
  if (a === '' || b === '') return undefined;
  const others = readable(b, completions);
  for (const one of readable(a, completions)) {
    const other = others.find(({ from, to }) => one.from <= to && from <= one.to);
    if (other) return Math.max(one.from, other.from);
  }
  return undefined;
}
