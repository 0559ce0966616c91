import ipaddr from 'ipaddr.js';

/**
 * The names that a list of ranges stands for: `node-1..node-3,node-7` → node-1, node-2, node-3, node-7. Pure.
 * @throws Error if it cannot be read
 */
export const nodeNames = (text: string): string[] => text.split(',').flatMap((part) => namesOf(part.trim()));

function namesOf(part: string): string[] {
  if (!part.includes('..')) {
    if (part === '') throw new Error(`nodes are named as in node-1..node-500,node-700`);
    return [part];
  }
  const [, prefix, first, end, last] = /^(.*?)(\d+)\.\.(.*?)(\d+)$/.exec(part) ?? [];
  if (prefix === undefined || (end !== '' && end !== prefix) || Number(last) < Number(first))
    throw new Error(`${part} is no range of nodes: write it as in node-1..node-500`);
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => `${prefix}${Number(first) + i}`);
}

/** The i-th address after this one. Pure. */
export const addressAfter = (address: string, i: number): string => textOf(numberOf(address) + i);

/** The i-th range of the same size after this one: 10.0.0.0/24, 3 → 10.0.3.0/24. Pure. */
export function rangeAfter(cidr: string, i: number): string {
  const [address, bits] = ipaddr.IPv4.parseCIDR(cidr);
  return `${textOf(numberOf(address.toString()) + i * 2 ** (32 - bits))}/${bits}`;
}

const numberOf = (address: string): number =>
  ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);

const textOf = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
