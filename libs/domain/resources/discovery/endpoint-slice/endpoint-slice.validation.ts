import { duplicate, invalid, required, tooMany, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { DiscoveryEndpointPort, Endpoint, EndpointHints, EndpointSlice } from '../../../api/generated/types.js';
import { isDnsLabel, isDnsSubdomain, isLabelValue, isQualifiedName, type FormatCheck } from '../../../api/names.js';
import { validateLabels } from '../../../api/object-meta.validation.js';
import { endpointIpProblems, ipFamily, ipProblems } from '../../ip-address.js';
import { fieldIsImmutable, inFormat, protocols, requiredOneOf } from '../../rules.js';

const limits = { endpoints: 1000, addresses: 100, ports: 20_000, hints: 8, topology: 16 };
const addressTypes = ['FQDN', 'IPv4', 'IPv6'];

function validateAddress(address: string, type: string, all: FieldPath, at: FieldPath): FieldError[] {
  if (type === 'FQDN') {
    const name = address.replace(/\.$/, '');
    if (name === '') return [required(at)];
    const problems = inFormat(isDnsSubdomain, name, at);
    return problems.length > 0 || name.includes('.')
      ? problems
      : [invalid(at, name, 'should be a domain with at least two segments separated by dots')];
  }
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const problems = ipProblems(address);
  if (problems.length > 0) return problems.map((text) => invalid(at, address, text));
  return [
    ...(ipFamily(address) === type ? [] : [invalid(all, address, `must be an ${type} address`)]),
    ...endpointIpProblems(address).map((text) => invalid(at, address, text)),
  ];
}

function validateNamedHints(hints: readonly { name: string }[], check: FormatCheck, at: FieldPath): FieldError[] {
  if (hints.length > limits.hints) return [tooMany(at, hints.length, limits.hints)];
  return hints.flatMap(({ name }, i) => [
    ...(hints.findIndex((other) => other.name === name) < i ? [duplicate(at.index(i).child('name'), name)] : []),
    ...inFormat(check, name, at.index(i).child('name')),
  ]);
}

const validateHints = ({ forZones = [], forNodes = [] }: EndpointHints, at: FieldPath): FieldError[] => [
  ...validateNamedHints(forZones, isLabelValue, at.child('forZones')),
  ...validateNamedHints(forNodes, isDnsSubdomain, at.child('forNodes')),
];

function validateEndpoint(
  { addresses = [], nodeName, deprecatedTopology, hostname, hints }: Endpoint,
  type: string,
  at: FieldPath,
): FieldError[] {
  const path = at.child('addresses');
  const topology = Object.keys(deprecatedTopology ?? {}).length;
  return [
    ...(addresses.length === 0 ? [required(path, 'must contain at least 1 address')] : []),
    ...(addresses.length > limits.addresses ? [tooMany(path, addresses.length, limits.addresses)] : []),
    ...addresses.flatMap((address, i) => validateAddress(address, type, path, path.index(i))),
    ...(nodeName === undefined ? [] : inFormat(isDnsSubdomain, nodeName, at.child('nodeName'))),
    ...(topology > limits.topology ? [tooMany(at.child('deprecatedTopology'), topology, limits.topology)] : []),
    ...validateLabels(deprecatedTopology, at.child('deprecatedTopology')),
    ...(hostname === undefined ? [] : inFormat(isDnsLabel, hostname, at.child('hostname'))),
    ...(hints ? validateHints(hints, at.child('hints')) : []),
  ];
}

function validatePorts(ports: readonly DiscoveryEndpointPort[], at: FieldPath): FieldError[] {
  if (ports.length > limits.ports) return [tooMany(at, ports.length, limits.ports)];
  return ports.flatMap(({ name = '', protocol, appProtocol }, i) => [
    ...(name === '' ? [] : inFormat(isDnsLabel, name, at.index(i).child('name'))),
    ...(ports.findIndex((other) => (other.name ?? '') === name) < i
      ? [duplicate(at.index(i).child('name'), name)]
      : []),
    ...requiredOneOf(protocol, protocols, at.index(i).child('protocol')),
    ...(appProtocol === undefined ? [] : inFormat(isQualifiedName, appProtocol, at.index(i).child('appProtocol'))),
  ]);
}

/** Rules of the API reference for EndpointSlice. Pure; reports every violation, each with its field path. */
export function validateEndpointSlice({ addressType, ports, endpoints }: EndpointSlice, at: FieldPath): FieldError[] {
  const all = endpoints ?? [];
  return [
    ...requiredOneOf(addressType, addressTypes, at.child('addressType')),
    ...validatePorts(ports ?? [], at.child('ports')),
    ...(all.length > limits.endpoints
      ? [tooMany(at.child('endpoints'), all.length, limits.endpoints)]
      : all.flatMap((endpoint, i) => validateEndpoint(endpoint, addressType, at.child('endpoints').index(i)))),
  ];
}

export const validateEndpointSliceUpdate = (
  next: EndpointSlice,
  current: EndpointSlice,
  at: FieldPath,
): FieldError[] =>
  next.addressType === current.addressType
    ? []
    : [invalid(at.child('addressType'), next.addressType, fieldIsImmutable)];
