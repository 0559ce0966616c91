import { all } from '../api/findings.js';
import ipaddr from 'ipaddr.js';

/** Stored objects may hold forms that are refused today (leading zeros, IPv4 mapped into IPv6); reading understands them. */
const withoutLeadingZeros = (text: string): string =>
  text.includes(':') ? text : text.replace(/(^|\.)0+(?=\d)/g, '$1');

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Undefined for what is no address in full dotted or colon notation. */
export function parseIp(text: string): Address | undefined {
  const plain = withoutLeadingZeros(text);
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  if (plain.includes('%') || !ipaddr.IPv6.isValid(plain)) return undefined;
  const address = ipaddr.IPv6.parse(plain);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** What is wrong with an address that a client writes: it must parse, without leading zeros and not mapped from IPv4. */
export function ipProblems(text: string): string[] {
  if (parseIp(text) === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (withoutLeadingZeros(text) !== text) return ['must not have leading 0s'];
  return text.includes(':') && ipaddr.IPv6.parse(text).isIPv4MappedAddress()
    ? ['must not be an IPv4-mapped IPv6 address']
    : [];
}

/** What is wrong with a CIDR that a client writes. */
export function cidrProblems(text: string): string[] {
  const cidr = parseCidr(text);
  if (cidr === undefined) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  if (withoutLeadingZeros(text) !== text || /\/0\d/.test(text))
    return ['must not have leading 0s in IP or prefix length'];
  const network =
    cidr.family === 'IPv4' ? ipaddr.IPv4.networkAddressFromCIDR(text) : ipaddr.IPv6.networkAddressFromCIDR(text);
  return network.toString() === cidr.address.toString() ? [] : ['must not have bits set beyond the prefix length'];
}

export const ipFamily = (text: string): 'IPv4' | 'IPv6' | undefined => {
  const address = parseIp(text);
  return address === undefined ? undefined : address.kind() === 'ipv4' ? 'IPv4' : 'IPv6';
};

export interface Cidr {
  readonly address: Address;
  readonly prefix: number;
  readonly family: 'IPv4' | 'IPv6';
}

export function parseCidr(text: string): Cidr | undefined {
  const [head = '', tail, ...rest] = text.split('/');
  const address = parseIp(head);
  if (address === undefined || tail === undefined || rest.length > 0 || !/^\d{1,3}$/.test(tail)) return undefined;
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  const prefix = Number(tail);
  return prefix > bits ? undefined : { address, prefix, family: bits === 32 ? 'IPv4' : 'IPv6' };
}

const inRange = (address: Address, cidr: string): boolean => {
  const [range, bits] = ipaddr.parseCIDR(cidr);
  return address.kind() === range.kind() && address.match(range, bits);
};

/** Why an address cannot be the endpoint of a Service; empty if it can. */
export function endpointIpProblems(text: string): string[] {
  const address = parseIp(text);
  if (address === undefined) return ['must be a valid IP address'];
  const within = (...cidrs: string[]): boolean => cidrs.some((cidr) => inRange(address, cidr));
  return all(
    within('0.0.0.0/32', '::/128') ? [`may not be unspecified (${text})`] : [],
    within('127.0.0.0/8', '::1/128') ? ['may not be in the loopback range (127.0.0.0/8, ::1/128)'] : [],
    within('169.254.0.0/16', 'fe80::/10') ? ['may not be in the link-local range (169.254.0.0/16, fe80::/10)'] : [],
    within('224.0.0.0/24', 'ff02::/16')
      ? ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']
      : [],
  );
}
