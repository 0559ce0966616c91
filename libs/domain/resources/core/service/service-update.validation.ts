import { forbiddenField, invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Service, ServiceSpec } from '../../../api/generated/types.js';
import { needsHealthCheck } from './service.defaults.js';
import { isHeadless, validateLoadBalancerClass } from './service.validation.js';

const fixed = 'may not change once set';

function validateClusterIps(next: ServiceSpec, current: ServiceSpec, at: FieldPath): FieldError[] {
  if (isHeadless(next) && isHeadless(current)) return [];
  const ips = next.clusterIPs ?? [];
  const old = current.clusterIPs ?? [];
  const path = at.child('clusterIPs');
  if (old.length === ips.length)
    return old.flatMap((ip, i) => (ip === ips[i] ? [] : [invalid(path.index(i), ips, fixed)]));
  return [
    ...(old.length > ips.length && ips.length === 0
      ? [invalid(path.index(0), ips, 'primary clusterIP can not be unset')]
      : []),
    ...(old.length > 0 && ips.length > 0 && old[0] !== ips[0] ? [invalid(path.index(0), ips, fixed)] : []),
    ...(old.length > ips.length && ips.length === 1 && next.ipFamilyPolicy !== 'SingleStack'
      ? [
          invalid(
            at.child('ipFamilyPolicy'),
            next.ipFamilyPolicy,
            "must be set to 'SingleStack' when releasing the secondary clusterIP",
          ),
        ]
      : []),
  ];
}

function validateFamilies(next: ServiceSpec, current: ServiceSpec, at: FieldPath): FieldError[] {
  if (isHeadless(next) || isHeadless(current)) return [];
  const families = next.ipFamilies ?? [];
  const old = current.ipFamilies ?? [];
  const path = at.child('ipFamilies').index(0);
  if (old.length === families.length)
    return old.flatMap((family, i) => (family === families[i] ? [] : [invalid(path, families, fixed)]));
  return [
    ...(old.length > families.length && (next.clusterIPs ?? []).length === 0
      ? [invalid(path, families, 'primary ipFamily can not be unset')]
      : []),
    ...(old.length > 0 && families.length > 0 && old[0] !== families[0] ? [invalid(path, next.clusterIPs, fixed)] : []),
    ...(old.length > families.length && families.length === 1 && next.ipFamilyPolicy !== 'SingleStack'
      ? [
          invalid(
            at.child('ipFamilyPolicy'),
            next.ipFamilyPolicy,
            "must be set to 'SingleStack' when releasing the secondary ipFamily",
          ),
        ]
      : []),
  ];
}

/** Addresses stay once given, as long as the Service has any. */
export function validateServiceUpdate(
  { spec: next = {} }: Service,
  { spec: current = {} }: Service,
  at: FieldPath,
): FieldError[] {
  const path = at.child('spec');
  const addressed = next.type !== 'ExternalName' && current.type !== 'ExternalName';
  const bothBalanced = next.type === 'LoadBalancer' && current.type === 'LoadBalancer';
  return [
    ...(addressed ? [...validateClusterIps(next, current, path), ...validateFamilies(next, current, path)] : []),
    ...(bothBalanced && next.loadBalancerClass !== current.loadBalancerClass
      ? [invalid(path.child('loadBalancerClass'), next.loadBalancerClass, fixed)]
      : []),
    // Reported a second time beside the rules of every write: clients compare the list of causes with what they know.
    ...validateLoadBalancerClass(next, path),
    ...(needsHealthCheck(current) && needsHealthCheck(next) && current.healthCheckNodePort !== next.healthCheckNodePort
      ? [forbiddenField(path.child('healthCheckNodePort'), 'field is immutable')]
      : []),
  ];
}
