import { parseQuantity } from '@shiplog/domain';

/** A resource quantity as a number, to 53 bits; 0 for none or what is not one. */
export const quantityOf = (text: string | number | undefined): number =>
  text === undefined ? 0 : Number(parseQuantity(text)?.nano ?? 0n) / 1e9;

/** In thousandths, rounded up: the unit in which CPU is counted. */
export const milliOf = (text: string | number | undefined): number =>
  text === undefined ? 0 : Math.ceil(Number(parseQuantity(text)?.nano ?? 0n) / 1e6);
