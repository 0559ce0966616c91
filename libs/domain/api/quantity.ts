import { memoized } from './memoized.js';

/** How a quantity was written, which its canonical form keeps: 1Ki, 1k or 1e3. */
export type QuantityFormat = 'binarySI' | 'decimalSI' | 'decimalExponent';

/** An exact amount: `nano` is the value in billionths. Everything finer was rounded up, as the API does. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

const billion = 1_000_000_000n;
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimalExponents: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const decimalSuffixes = Object.entries(decimalExponents).sort(([, a], [, b]) => b - a);
const pattern = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?)|[eE]([+-]?[0-9]{1,3}))$/;

export const quantityPattern = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';
/** What clients read when a quantity does not parse. */
export const quantityFormatMessage = `quantities must match the regular expression '${quantityPattern}'`;

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);

/** Division that rounds away from zero. */
function divideUp(n: bigint, by: bigint): bigint {
  const quotient = n / by;
  return quotient * by === n ? quotient : quotient + (n < 0n ? -1n : 1n);
}

/** A cluster speaks of few different amounts, and of each of them all the time. */
const rememberedAmounts = 2_000;

function parse(value: string | number): Quantity | undefined {
  const match = pattern.exec(String(value));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponentText] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const binary = suffix === '' ? -1 : binarySuffixes.indexOf(suffix);
  if (binary > 0) {
    const scaled = digits * 1024n ** BigInt(binary) * billion;
    return { nano: divideUp(scaled, 10n ** BigInt(fraction.length)), format: 'binarySI' };
  }
  const exponent = exponentText === undefined ? (decimalExponents[suffix] ?? 0) : Number(exponentText);
  const power = exponent + 9 - fraction.length;
  return {
    nano: power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power)),
    format: exponentText === undefined ? 'decimalSI' : 'decimalExponent',
  };
}

/** Undefined if the text is no quantity. Exact: 0.1 is 100m, 1Gi is 1073741824. */
export const parseQuantity: (value: string | number) => Quantity | undefined = memoized(parse, rememberedAmounts);

/** A quantity that is known to be valid. @throws Error otherwise: only for values that validation has passed. */
export function quantityOf(value: string | number): Quantity {
  const quantity = parseQuantity(value);
  if (quantity === undefined) throw new Error(`not a quantity: ${value}`);
  return quantity;
}

export const zeroQuantity: Quantity = { nano: 0n, format: 'decimalSI' };

export const compareQuantities = (a: Quantity, b: Quantity): number => (a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0);

/** The sum keeps the first's format, unless the first is zero. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nano: a.nano + b.nano,
  format: a.nano === 0n ? b.format : a.format,
});

export const subtractQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nano: a.nano - b.nano,
  format: a.nano === 0n ? b.format : a.format,
});

/** Whole units, rounded up (Quantity.Value). */
export const unitsOf = ({ nano }: Quantity): bigint => divideUp(nano, billion);
/** Thousandths, rounded up (Quantity.MilliValue). */
export const milliUnitsOf = ({ nano }: Quantity): bigint => divideUp(nano, 1_000_000n);

/** The canonical text: no fraction, the largest suffix that keeps it exact. Binary quantities below 1024 or with a fraction print as decimal. */
export function printQuantity(quantity: Quantity): string {
  const { nano, format } = quantity;
  if (nano === 0n) return '0';
  if (format === 'binarySI' && nano % billion === 0n && magnitude(nano) >= 1024n * billion)
    return printBinary(nano / billion);
  return printDecimal(nano, format === 'decimalExponent');
}

function printBinary(value: bigint): string {
  let rest = value;
  let power = 0;
  while (power < binarySuffixes.length - 1 && rest % 1024n === 0n) {
    rest /= 1024n;
    power++;
  }
  return `${rest}${binarySuffixes[power]}`;
}

function printDecimal(nano: bigint, asExponent: boolean): string {
  for (const [suffix, exponent] of decimalSuffixes) {
    const unit = 10n ** BigInt(exponent + 9);
    if (nano % unit === 0n) return `${nano / unit}${asExponent ? (exponent === 0 ? '' : `e${exponent}`) : suffix}`;
  }
  return `${nano}n`;
}

/** A whole number with an exponent of a multiple of three that could not be written shorter: it stays as it is. */
const settledExponent = (text: string): boolean => {
  const [, digits = '', exponent = ''] = /^[+-]?([0-9]+)[eE]([+-]?[0-9]{1,3})$/.exec(text) ?? [];
  return digits !== '' && !/^0*$|000$/.test(digits) && Number(exponent) % 3 === 0;
};

/** A list of resources as the API keeps it: nothing is finer than a thousandth. */
export const roundedToMilli = (amounts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(amounts).map(([name, text]) => {
      const { nano, format } = quantityOf(text);
      return [
        name,
        nano % 1_000_000n === 0n ? text : printQuantity({ nano: divideUp(nano, 1_000_000n) * 1_000_000n, format }),
      ];
    }),
  );

/** The canonical text of a quantity, or the text itself if it is none. */
export const canonicalQuantity: (text: string | number) => string = memoized((text) => {
  if (settledExponent(String(text))) return String(text);
  const quantity = parseQuantity(text);
  return quantity === undefined ? String(text) : printQuantity(quantity);
}, rememberedAmounts);
