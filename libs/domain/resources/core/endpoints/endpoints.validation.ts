import { invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { EndpointAddress, CoreEndpointPort, Endpoints } from '../../../api/generated/types.js';
import { isDnsLabel, isDnsSubdomain, isPortNumber, isQualifiedName } from '../../../api/names.js';
import { endpointIpProblems, ipProblems } from '../../ip-address.js';
import { inFormat, protocols, requiredOneOf } from '../../rules.js';

function validateAddress({ ip, hostname, nodeName }: EndpointAddress, at: FieldPath): FieldError[] {
  return [
    ...ipProblems(ip).map((text) => invalid(at.child('ip'), ip, text)),
    ...(hostname ? inFormat(isDnsLabel, hostname, at.child('hostname')) : []),
    ...(nodeName === undefined ? [] : inFormat(isDnsSubdomain, nodeName, at.child('nodeName'))),
    ...endpointIpProblems(ip).map((text) => invalid(at.child('ip'), ip, text)),
  ];
}

function validatePort(
  { name, port, protocol, appProtocol }: CoreEndpointPort,
  nameRequired: boolean,
  at: FieldPath,
): FieldError[] {
  return [
    ...(name ? inFormat(isDnsLabel, name, at.child('name')) : nameRequired ? [required(at.child('name'))] : []),
    ...isPortNumber(port).map((text) => invalid(at.child('port'), port, text)),
    ...requiredOneOf(protocol, protocols, at.child('protocol')),
    ...(appProtocol === undefined ? [] : inFormat(isQualifiedName, appProtocol, at.child('appProtocol'))),
  ];
}

/** Rules of the API reference for Endpoints. Pure; reports every violation, each with its field path. */
export function validateEndpoints({ subsets = [] }: Endpoints, at: FieldPath): FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const path = at.child('subsets').index(i);
    return [
      ...(addresses.length + notReadyAddresses.length === 0
        ? [required(path, 'must specify `addresses` or `notReadyAddresses`')]
        : []),
      ...addresses.flatMap((address, j) => validateAddress(address, path.child('addresses').index(j))),
      ...notReadyAddresses.flatMap((address, j) => validateAddress(address, path.child('notReadyAddresses').index(j))),
      ...ports.flatMap((port, j) => validatePort(port, ports.length > 1, path.child('ports').index(j))),
    ];
  });
}
