import ipaddr from 'ipaddr.js';

/** Hands out the host addresses of an IPv4 range, least recently released last; the first is left to the gateway. */
export interface AddressPool {
  /** @throws Error when none is left. */
  take(): string;
  release(address: string): void;
}

export function addressPool(cidr: string): AddressPool {
  const [network, bits] = ipaddr.IPv4.parseCIDR(cidr);
  const base = network.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - bits);
  const taken = new Set<number>();
  let next = 2;
  return {
    take: () => {
      for (let tried = 2; tried < size - 1; tried++) {
        const offset = next;
        next = next + 1 >= size - 1 ? 2 : next + 1;
        if (taken.has(offset)) continue;
        taken.add(offset);
        return addressAt(base + offset);
      }
      throw new Error(`no address is left in ${cidr}`);
    },
    release: (address) =>
      taken.delete(
        ipaddr.IPv4.parse(address)
          .toByteArray()
          .reduce((sum, byte) => sum * 256 + byte, 0) - base,
      ),
  };
}

const addressAt = (value: number): string => [24, 16, 8, 0].map((shift) => (value / 2 ** shift) & 255).join('.');
