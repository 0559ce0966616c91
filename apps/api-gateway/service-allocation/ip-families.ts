import { deepEqual, FieldPath, invalid, type FieldError, type ServiceSpec } from '@shiplog/domain';
import ipaddr from 'ipaddr.js';

export type IpFamily = 'IPv4' | 'IPv6';

const at = FieldPath.of('spec');
const familyOf = (ip: string): IpFamily => (ip.includes(':') && ipaddr.isValid(ip) ? 'IPv6' : 'IPv4');
const isHeadless = ({ clusterIP }: ServiceSpec): boolean => clusterIP === 'None';
const hasSelector = ({ selector }: ServiceSpec): boolean => Object.keys(selector ?? {}).length > 0;

/** A policy that is not said is the one from before; without selector or address it is up to whoever writes the endpoints. */
function policyOf(spec: ServiceSpec, old: ServiceSpec | undefined): NonNullable<ServiceSpec['ipFamilyPolicy']> {
  if (spec.ipFamilyPolicy) return spec.ipFamilyPolicy;
  if (old?.ipFamilyPolicy) return old.ipFamilyPolicy;
  return isHeadless(spec) && !hasSelector(spec) ? 'RequireDualStack' : 'SingleStack';
}

/** A Service that prefers both families is not changed by the way when the cluster's families have. */
const isSettled = (spec: ServiceSpec, old: ServiceSpec | undefined): boolean =>
  spec.ipFamilyPolicy === 'PreferDualStack' &&
  old?.ipFamilyPolicy === 'PreferDualStack' &&
  deepEqual(spec.clusterIPs ?? [], old.clusterIPs ?? []) &&
  deepEqual(spec.ipFamilies ?? [], old.ipFamilies ?? []);

/**
 * Families and policy of a valid spec, filled in for a cluster that has these families (the first is the default). Changes the spec.
 * Returns why it cannot be served; empty if it can.
 */
export function fillFamilies(
  spec: ServiceSpec,
  old: ServiceSpec | undefined,
  available: readonly IpFamily[],
): FieldError[] {
  if (spec.type === 'ExternalName' || isSettled(spec, old)) return [];
  const policy = policyOf(spec, old);
  spec.ipFamilyPolicy = policy;
  if (old && policy === 'SingleStack') keepFirst(spec, old);
  const errors = [...singleStackErrors(spec), ...inferFamilies(spec, available)];
  if (errors.length > 0) return errors;
  const everywhere = isHeadless(spec) && !hasSelector(spec);
  const unserved = everywhere ? [] : unservedErrors(spec, available);
  if (unserved.length > 0) return unserved;
  const families = spec.ipFamilies?.length ? spec.ipFamilies : [available[0] ?? ('IPv4' as const)];
  const addsOther = policy !== 'SingleStack' && families.length === 1 && (everywhere || available.length === 2);
  spec.ipFamilies = addsOther ? withOther(families) : families;
  return [];
}

function unservedErrors({ ipFamilyPolicy, ipFamilies }: ServiceSpec, available: readonly IpFamily[]): FieldError[] {
  const unknown = (ipFamilies ?? []).flatMap((family, i) =>
    available.includes(family as IpFamily)
      ? []
      : [invalid(at.child('ipFamilies').index(i), family, 'not configured on this cluster')],
  );
  const lacksSecond = ipFamilyPolicy === 'RequireDualStack' && available.length < 2;
  const rule = 'this cluster is not configured for dual-stack services';
  return [...(lacksSecond ? [invalid(at.child('ipFamilyPolicy'), ipFamilyPolicy, rule)] : []), ...unknown];
}

const withOther = (families: NonNullable<ServiceSpec['ipFamilies']>): NonNullable<ServiceSpec['ipFamilies']> => [
  ...families,
  families[0] === 'IPv4' ? 'IPv6' : 'IPv4',
];

/** Asking for one family of a Service that has two gives up the second. */
function keepFirst(spec: ServiceSpec, old: ServiceSpec): void {
  if (deepEqual(spec.clusterIPs, old.clusterIPs)) spec.clusterIPs = spec.clusterIPs?.slice(0, 1);
  if (deepEqual(spec.ipFamilies, old.ipFamilies)) spec.ipFamilies = spec.ipFamilies?.slice(0, 1);
}

function singleStackErrors({ ipFamilyPolicy, clusterIPs, ipFamilies }: ServiceSpec): FieldError[] {
  if (ipFamilyPolicy !== 'SingleStack') return [];
  const rule = (what: string): FieldError =>
    invalid(
      at.child('ipFamilyPolicy'),
      ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  return [
    ...(clusterIPs?.length === 2 ? [rule('cluster IPs')] : []),
    ...(ipFamilies?.length === 2 ? [rule('IP families')] : []),
  ];
}

function inferFamilies(spec: ServiceSpec, available: readonly IpFamily[]): FieldError[] {
  const { clusterIPs = [] } = spec;
  const errors: FieldError[] = [];
  clusterIPs.forEach((ip, i) => {
    if (isHeadless(spec) || i < (spec.ipFamilies?.length ?? 0)) return;
    const family = familyOf(ip);
    if (available.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else
      errors.push(invalid(at.child('clusterIPs').index(i), clusterIPs, `${family} is not configured on this cluster`));
  });
  return errors;
}
