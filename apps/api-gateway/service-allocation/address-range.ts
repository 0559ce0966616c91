import ipaddr from 'ipaddr.js';

/** How many values from the start are left for people who choose by hand, as far as possible. */
export const staticBand = (size: number, divisor: number, least: number, most: number): number =>
  size < least ? 0 : Math.min(Math.max(least, Math.floor(size / divisor)), most);

/** A value of [0, size) that is free, from the dynamic band first; undefined if none is. `random` in [0, 1). */
export function pickOffset(
  size: number,
  band: number,
  random: () => number,
  isFree: (offset: number) => boolean,
): number | undefined {
  const search = (from: number, count: number): number | undefined => {
    const start = Math.floor(random() * count);
    for (let step = 0; step < count; step += 1) {
      const offset = from + ((start + step) % count);
      if (isFree(offset)) return offset;
    }
    return undefined;
  };
  return search(band, size - band) ?? search(0, band);
}

const maxSize = 2 ** 31;

/** The addresses of Services: those of a CIDR but for its first, and its last where that is a broadcast address. */
export class AddressRange {
  readonly family: 'IPv4' | 'IPv6';
  private readonly first: bigint;
  private readonly size: number;

  constructor(cidr: string) {
    const [address, prefix] = ipaddr.parseCIDR(cidr);
    this.family = address.kind() === 'ipv4' ? 'IPv4' : 'IPv6';
    const bits = this.family === 'IPv4' ? 32 : 128;
    const hosts = 1n << BigInt(bits - prefix);
    const network = (numberOf(address) / hosts) * hosts;
    this.first = network + 1n;
    const usable = hosts - (this.family === 'IPv4' ? 2n : 1n);
    this.size = Number(usable < BigInt(maxSize) ? usable : BigInt(maxSize));
  }

  includes(text: string): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.parse(text);
    const offset = numberOf(address) - this.first;
    return (address.kind() === 'ipv4') === (this.family === 'IPv4') && offset >= 0n && offset < BigInt(this.size);
  }

  pick(random: () => number, isFree: (address: string) => boolean): string | undefined {
    const offset = pickOffset(this.size, staticBand(this.size, 16, 16, 256), random, (at) => isFree(this.at(at)));
    return offset === undefined ? undefined : this.at(offset);
  }

  private at(offset: number): string {
    const bytes: number[] = [];
    let rest = this.first + BigInt(offset);
    for (let at = this.family === 'IPv4' ? 4 : 16; at > 0; at -= 1) {
      bytes.unshift(Number(rest & 0xffn));
      rest >>= 8n;
    }
    return ipaddr.fromByteArray(bytes).toString();
  }
}

const numberOf = (address: ipaddr.IPv4 | ipaddr.IPv6): bigint =>
  address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
