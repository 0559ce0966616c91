import {
  duplicate,
  forbiddenField,
  invalid,
  notSupportedInOrder,
  required,
  type FieldError,
} from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Service, ServicePort, ServiceSpec } from '../../../api/generated/types.js';
import { isDnsLabel, isDnsSubdomain, isPortNumber, isQualifiedName } from '../../../api/names.js';
import { validateLabels } from '../../../api/object-meta.validation.js';
import { cidrProblems, endpointIpProblems, ipFamily, ipProblems, parseIp } from '../../ip-address.js';
import { inFormat, oneOf, protocols, requiredOneOf } from '../../rules.js';
import { portNumberOrName } from '../pod-spec/probe.validation.js';
import { externallyAccessible, needsHealthCheck } from './service.defaults.js';

const maxAffinitySeconds = 86_400;
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const families = ['IPv4', 'IPv6'];
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const trafficPolicies = ['Cluster', 'Local'];
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

export const isHeadless = ({ clusterIPs }: ServiceSpec): boolean =>
  clusterIPs?.length === 1 && clusterIPs[0] === 'None';

function validateType(spec: ServiceSpec, at: FieldPath): FieldError[] {
  const { type, clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName } = spec;
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec)) {
    return [invalid(at.child('clusterIPs').index(0), 'None', `may not be set to 'None' for ${type} services`)];
  }
  if (type !== 'ExternalName') return [];
  const absent = 'may not be set for ExternalName services';
  const cname = (externalName ?? '').replace(/\.$/, '');
  return [
    ...(clusterIPs.length > 0 ? [forbiddenField(at.child('clusterIPs'), absent)] : []),
    ...(ipFamilies.length > 0 ? [forbiddenField(at.child('ipFamilies'), absent)] : []),
    ...(ipFamilyPolicy === undefined ? [] : [forbiddenField(at.child('ipFamilyPolicy'), absent)]),
    ...(cname ? inFormat(isDnsSubdomain, cname, at.child('externalName')) : [required(at.child('externalName'))]),
  ];
}

function validatePort(
  { name, port, protocol, targetPort, appProtocol }: ServicePort,
  others: readonly ServicePort[],
  nameRequired: boolean,
  at: FieldPath,
): FieldError[] {
  return [
    ...(name
      ? [
          ...inFormat(isDnsLabel, name, at.child('name')),
          ...(others.some((other) => other.name === name) ? [duplicate(at.child('name'), name)] : []),
        ]
      : nameRequired
        ? [required(at.child('name'))]
        : []),
    ...isPortNumber(port).map((text) => invalid(at.child('port'), port, text)),
    ...requiredOneOf(protocol, protocols, at.child('protocol')),
    ...portNumberOrName(targetPort ?? port, at.child('targetPort')),
    ...(appProtocol === undefined ? [] : inFormat(isQualifiedName, appProtocol, at.child('appProtocol'))),
  ];
}

function validatePorts(spec: ServiceSpec, at: FieldPath): FieldError[] {
  const ports = spec.ports ?? [];
  const earlier = (i: number, same: (other: ServicePort) => boolean): boolean => ports.slice(0, i).some(same);
  return [
    ...ports.flatMap((port, i) => validatePort(port, ports.slice(0, i), ports.length > 1, at.index(i))),
    ...ports.flatMap(({ protocol, nodePort }, i) => [
      ...(nodePort && spec.type === 'ClusterIP'
        ? [forbiddenField(at.index(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'")]
        : []),
      ...(nodePort && earlier(i, (other) => other.nodePort === nodePort && other.protocol === protocol)
        ? [duplicate(at.index(i).child('nodePort'), nodePort)]
        : []),
    ]),
    ...ports.flatMap(({ protocol, port }, i) =>
      earlier(i, (other) => other.port === port && other.protocol === protocol)
        ? [
            duplicate(at.index(i), {
              Name: '',
              Protocol: protocol,
              AppProtocol: null,
              Port: port,
              TargetPort: 0,
              NodePort: 0,
            }),
          ]
        : [],
    ),
  ];
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: ServiceSpec, at: FieldPath): FieldError[] {
  const path = at.child('sessionAffinityConfig');
  const kind = requiredOneOf(sessionAffinity, ['ClientIP', 'None'], at.child('sessionAffinity'));
  if (sessionAffinity === 'None') {
    return sessionAffinityConfig
      ? [...kind, forbiddenField(path, 'must not be set when session affinity is None')]
      : kind;
  }
  if (sessionAffinity !== 'ClientIP') return kind;
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds === undefined) return [...kind, required(path, 'when session affinity type is ClientIP')];
  return seconds > 0 && seconds <= maxAffinitySeconds
    ? kind
    : [
        ...kind,
        invalid(
          path.child('clientIP', 'timeoutSeconds'),
          seconds,
          `must be greater than 0 and less than ${maxAffinitySeconds}`,
        ),
      ];
}

/** What a Service says about its addresses, taken by itself: must be right before any can be given to it. */
export function validateClusterIps(spec: ServiceSpec, at: FieldPath): FieldError[] {
  const { type, clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  if (type === 'ExternalName') return [];
  const path = at.child('clusterIPs');
  const addresses = clusterIPs.flatMap((ip, i) =>
    i === 0 && ip === 'None'
      ? clusterIPs.length > 1
        ? [invalid(path, clusterIPs, "'None' must be the first and only value")]
        : []
      : inFormat(ipProblems, ip, path.index(i)),
  );
  const stacks = new Set(clusterIPs.map(ipFamily));
  return [
    ...(clusterIP === ''
      ? clusterIPs.length > 0
        ? [invalid(path, clusterIPs, 'must be empty when `clusterIP` is not specified')]
        : []
      : clusterIPs.length === 0
        ? [required(path)]
        : clusterIPs[0] === clusterIP
          ? []
          : [invalid(path, clusterIPs, 'first value must match `clusterIP`')]),
    ...ipFamilies.flatMap((family, i) => [
      ...oneOf(family, families, at.child('ipFamilies').index(i)),
      ...(ipFamilies.indexOf(family) < i ? [duplicate(at.child('ipFamilies').index(i), family)] : []),
    ]),
    ...oneOf(ipFamilyPolicy, familyPolicies, at.child('ipFamilyPolicy')),
    ...addresses,
    ...(clusterIPs.length > 2 ? [invalid(path, clusterIPs, 'may only hold up to 2 values')] : []),
    ...(addresses.length === 0 && clusterIPs.length > 1 && stacks.size < 2
      ? [invalid(path, clusterIPs, 'may specify no more than one IP for each IP family')]
      : []),
    ...(addresses.length === 0 && !isHeadless(spec) ? familyMismatches(clusterIPs, ipFamilies, path) : []),
  ];
}

const familyMismatches = (ips: readonly string[], ipFamilies: readonly string[], at: FieldPath): FieldError[] =>
  ips.flatMap((ip, i) =>
    ipFamilies[i] === undefined || ipFamily(ip) === ipFamilies[i]
      ? []
      : [invalid(at.index(i), ip, `expected an ${ipFamilies[i]} value as indicated by \`ipFamilies[${i}]\``)],
  );

const onlyLoadBalancers = "may only be used when `type` is 'LoadBalancer'";

export function validateLoadBalancerClass({ type, loadBalancerClass }: ServiceSpec, at: FieldPath): FieldError[] {
  if (loadBalancerClass === undefined) return [];
  const path = at.child('loadBalancerClass');
  return type === 'LoadBalancer'
    ? inFormat(isQualifiedName, loadBalancerClass, path)
    : [forbiddenField(path, onlyLoadBalancers)];
}

function validateLoadBalancer({ spec = {}, metadata }: Service, at: FieldPath): FieldError[] {
  const path = at.child('spec');
  const isLoadBalancer = spec.type === 'LoadBalancer';
  const annotation = metadata.annotations?.[sourceRangesAnnotation];
  const annotated = at.child('metadata', 'annotations').key(sourceRangesAnnotation);
  const ranges = path.child('LoadBalancerSourceRanges');
  const ofAnnotation = (text: string): FieldError[] => [
    ...(isLoadBalancer ? [] : [forbiddenField(annotated, onlyLoadBalancers)]),
    ...(text.trim() === '' ? [] : text.split(',').flatMap((cidr) => inFormat(cidrProblems, cidr.trim(), annotated))),
  ];
  return [
    ...(spec.loadBalancerSourceRanges?.length
      ? [
          ...(isLoadBalancer ? [] : [forbiddenField(ranges, onlyLoadBalancers)]),
          ...spec.loadBalancerSourceRanges.flatMap((cidr, i) => inFormat(cidrProblems, cidr.trim(), ranges.index(i))),
        ]
      : annotation === undefined
        ? []
        : ofAnnotation(annotation)),
    ...(spec.allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer
      ? [forbiddenField(path.child('allocateLoadBalancerNodePorts'), onlyLoadBalancers)]
      : []),
    ...validateLoadBalancerClass(spec, path),
  ];
}

function validateTraffic(spec: ServiceSpec, at: FieldPath): FieldError[] {
  const {
    type,
    externalTrafficPolicy: external,
    internalTrafficPolicy: internal,
    healthCheckNodePort: health = 0,
    trafficDistribution,
  } = spec;
  return [
    ...(externallyAccessible(spec)
      ? requiredOneOf(external, trafficPolicies, at.child('externalTrafficPolicy'))
      : external
        ? [invalid(at.child('externalTrafficPolicy'), external, 'may only be set for externally-accessible services')]
        : []),
    ...(needsHealthCheck(spec)
      ? health === 0
        ? []
        : isPortNumber(health).map((text) => invalid(at.child('healthCheckNodePort'), health, text))
      : health === 0
        ? []
        : [
            invalid(
              at.child('healthCheckNodePort'),
              health,
              "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
            ),
          ]),
    ...(internal === undefined && ['NodePort', 'LoadBalancer', 'ClusterIP'].includes(type ?? '')
      ? [required(at.child('internalTrafficPolicy'))]
      : []),
    ...oneOf(internal, trafficPolicies, at.child('internalTrafficPolicy')),
    ...(trafficDistribution === undefined || distributions.includes(trafficDistribution)
      ? []
      : [notSupportedInOrder(at.child('trafficDistribution'), trafficDistribution, distributions)]),
  ];
}

/** Rules of the API reference for Service. Pure; reports every violation, each with its field path. */
export function validateService(service: Service, at: FieldPath): FieldError[] {
  const spec = service.spec ?? {};
  const path = at.child('spec');
  return [
    ...(!spec.ports?.length && !isHeadless(spec) && spec.type !== 'ExternalName'
      ? [required(path.child('ports'))]
      : []),
    ...validateType(spec, path),
    ...validatePorts(spec, path.child('ports')),
    ...validateLabels(spec.selector, path.child('selector')),
    ...validateAffinity(spec, path),
    ...validateClusterIps(spec, path),
    ...(spec.externalIPs ?? []).flatMap((ip, i) => {
      const problems = ipProblems(ip);
      return (problems.length > 0 ? problems : endpointIpProblems(ip)).map((text) =>
        invalid(path.child('externalIPs').index(i), ip, text),
      );
    }),
    ...requiredOneOf(spec.type, types, path.child('type')),
    ...validateLoadBalancer(service, at),
    ...validateTraffic(spec, path),
  ];
}

/** Rules of the status that a load balancer's controller writes. */
export function validateServiceStatusUpdate(next: Service, _current: Service, at: FieldPath): FieldError[] {
  const path = at.child('status', 'loadBalancer', 'ingress');
  const ingress = next.status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && next.spec?.type !== 'LoadBalancer')
    return [forbiddenField(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  return ingress.flatMap(({ ip, ipMode, hostname }, i) => [
    ...(ip ? inFormat(ipProblems, ip, path.index(i).child('ip')) : []),
    ...(ipMode === undefined
      ? ip
        ? [required(path.index(i).child('ipMode'), 'must be specified when `ip` is set')]
        : []
      : ip
        ? oneOf(ipMode, ['Proxy', 'VIP'], path.index(i).child('ipMode'))
        : [forbiddenField(path.index(i).child('ipMode'), 'may not be specified when `ip` is not set')]),
    ...(hostname
      ? [
          ...inFormat(isDnsSubdomain, hostname, path.index(i).child('hostname')),
          ...(parseIp(hostname)
            ? [invalid(path.index(i).child('hostname'), hostname, 'must be a DNS name, not an IP address')]
            : []),
        ]
      : []),
  ]);
}
