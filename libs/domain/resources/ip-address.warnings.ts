import type { FieldPath } from '../api/field-path.js';
import { ipProblems, parseCidr, parseIp } from './ip-address.js';

/** An address in a form of the past, or not in the canonical one. Texts for Warning headers. Pure. */
export function addressWarnings(text: string, path: FieldPath): string[] {
  const address = parseIp(text);
  if (address === undefined) return [];
  if (ipProblems(text).length > 0)
    return [`${path}: non-standard IP address "${text}" is invalid: use "${address.toString()}"`];
  return text === address.toString()
    ? []
    : [`${path}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${address.toString()}")`];
}

/** The same of a range of addresses. */
export function cidrWarnings(text: string, path: FieldPath): string[] {
  const cidr = parseCidr(text);
  if (cidr?.family !== 'IPv6') return [];
  const canonical = `${cidr.address.toString()}/${cidr.prefix}`;
  return text === canonical
    ? []
    : [`${path}: IPv6 CIDR value "${text}" should be in RFC 5952 canonical format ("${canonical}")`];
}
