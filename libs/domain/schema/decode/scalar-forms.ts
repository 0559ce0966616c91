import { canonicalQuantity, parseQuantity, quantityFormatMessage } from '../../api/quantity.js';
import type { GoScalar } from '../type-ref.js';

/** The value in its canonical form; or why it has none: a message, or the Go type it should have been. */
export type Scalar = { readonly value: unknown } | { readonly message: string } | { readonly expected: string };

/**
 * An integer that JavaScript's numbers cannot hold exactly: a bigint while it is worked on (raw JSON cannot be copied), its digits
 * (JSON.rawJSON) once the object is ready to be written.
 */
interface RawJson {
  readonly rawJSON: string;
}
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
};

export { isRawJSON, rawJSON };

const int64Limit = 2n ** 63n;

function integer(value: unknown, bits: 32 | 64): Scalar {
  const exact = typeof value === 'bigint' ? value : isRawJSON(value) ? BigInt(value.rawJSON) : undefined;
  if (exact !== undefined)
    return bits === 64 && exact < int64Limit && exact >= -int64Limit ? { value: exact } : { expected: `int${bits}` };
  if (typeof value !== 'number' || !Number.isInteger(value)) return { expected: `int${bits}` };
  const limit = bits === 32 ? 2 ** 31 : 2 ** 63;
  return value < limit && value >= -limit ? { value } : { expected: `int${bits}` };
}

const layouts = {
  time: ['2006', '-', '01', '-', '02', 'T', '15', ':', '04', ':', '05', 'Z07:00'],
  microTime: ['2006', '-', '01', '-', '02', 'T', '15', ':', '04', ':', '05', '.000000', 'Z07:00'],
} as const;
const patterns: Record<string, RegExp> = {
  '2006': /^[0-9]{4}/,
  '01': /^[0-9]{2}/,
  '02': /^[0-9]{2}/,
  '15': /^[0-9]{2}/,
  '04': /^[0-9]{2}/,
  '05': /^[0-9]{2}(\.[0-9]+)?/,
  '.000000': /^\.[0-9]{6}/,
  'Z07:00': /^(Z|[+-][0-9]{2}:[0-9]{2})/,
};
const ranges: Record<string, readonly [number, number, string]> = {
  '01': [1, 12, 'month'],
  '15': [0, 23, 'hour'],
  '04': [0, 59, 'minute'],
  '05': [0, 59, 'second'],
};

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

const canonicalForms = {
  time: /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}Z$/,
  microTime: /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}\.[0-9]{6}Z$/,
};

/** Already as it is printed; the last days of a month are left to those who look closer. */
const isCanonical = (text: string, precision: 'time' | 'microTime'): boolean => canonicalForms[precision].test(text);

/** RFC 3339 as Go reads it, printed in UTC with the precision of its type. */
function instant(text: string, precision: 'time' | 'microTime'): Scalar {
  if (isCanonical(text, precision)) return { value: text };
  const layout = layouts[precision];
  const failed = (detail: string): Scalar => ({
    message: `parsing time ${JSON.stringify(text)}${detail}`,
  });
  let rest = text;
  for (const part of layout) {
    const pattern = precision === 'microTime' && part === '05' ? /^[0-9]{2}/ : patterns[part];
    const match = pattern ? pattern.exec(rest)?.[0] : rest.startsWith(part) ? part : undefined;
    if (match === undefined)
      return failed(` as ${JSON.stringify(layout.join(''))}: cannot parse ${JSON.stringify(rest)} as "${part}"`);
    const range = ranges[part];
    if (range && (Number.parseInt(match) < range[0] || Number.parseInt(match) > range[1]))
      return failed(`: ${range[2]} out of range`);
    rest = rest.slice(match.length);
  }
  if (rest !== '') return failed(`: extra text: ${JSON.stringify(rest)}`);
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)].map(Number) as [
    number,
    number,
    number,
  ];
  if (day < 1 || day > daysIn(year, month)) return failed(': day out of range');
  const at = new Date(`${text.slice(0, 19)}${/(Z|[+-][0-9]{2}:[0-9]{2})$/.exec(text)?.[0] ?? 'Z'}`).toISOString();
  const fraction = precision === 'microTime' ? /\.[0-9]{6}/.exec(text)?.[0] : '';
  return { value: `${at.slice(0, 19)}${fraction}Z` };
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function bytes(value: string): Scalar {
  if (base64.test(value)) return { value };
  const text = value.replaceAll(/[\r\n]/g, '');
  if (base64.test(text)) return { value: text };
  const padding = /=+$/.exec(text)?.index ?? text.length;
  const bad = /[^A-Za-z0-9+/]/.exec(text.slice(0, padding))?.index ?? (padding < text.length ? padding : text.length);
  return { message: `illegal base64 data at input byte ${bad - (bad === text.length ? text.length % 4 : 0)}` };
}

function quantity(given: unknown): Scalar {
  const value = typeof given === 'bigint' ? given.toString() : typeof given === 'string' ? given.trim() : given;
  if (typeof value !== 'string' && typeof value !== 'number') return { message: quantityFormatMessage };
  return parseQuantity(value) === undefined ? { message: quantityFormatMessage } : { value: canonicalQuantity(value) };
}

const textual =
  (form: (text: string) => Scalar) =>
  (value: unknown): Scalar =>
    typeof value === 'string' ? form(value) : { expected: 'string' };

/** What Go makes of a JSON value (not null) when it decodes it into the scalar and writes it again. */
export const scalarForms: Record<GoScalar, (value: unknown) => Scalar> = {
  string: textual((value) => ({ value })),
  bool: (value) => (typeof value === 'boolean' ? { value } : { expected: 'bool' }),
  int32: (value) => integer(value, 32),
  int64: (value) => integer(value, 64),
  float64: (value) =>
    typeof value === 'number' || typeof value === 'bigint' ? { value: Number(value) } : { expected: 'float64' },
  time: textual((text) => instant(text, 'time')),
  microTime: textual((text) => instant(text, 'microTime')),
  duration: textual((value) => ({ value })),
  quantity,
  intOrString: (value) => (typeof value === 'string' ? { value } : integer(value, 32)),
  bytes: (value) => (typeof value === 'string' ? bytes(value) : { expected: '[]uint8' }),
};

/** Go's zero of the scalars that are never null. */
export const zeroOf: Partial<Record<GoScalar, unknown>> = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  float64: 0,
  quantity: '0',
  intOrString: 0,
};
