import { FieldPath } from '../../../api/field-path.js';
import type { Service, ServiceSpec } from '../../../api/generated/types.js';
import { addressWarnings, cidrWarnings } from '../../ip-address.warnings.js';
import { isHeadless } from './service.validation.js';

const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints';
const modeAnnotation = 'service.kubernetes.io/topology-mode';
const at = FieldPath.of('spec');

const when = (condition: boolean, text: string): string[] => (condition ? [text] : []);

const headlessWarnings = ({ loadBalancerIP, externalIPs = [], sessionAffinity }: ServiceSpec): string[] => [
  ...when(Boolean(loadBalancerIP), 'spec.loadBalancerIP is ignored for headless services'),
  ...when(externalIPs.length > 0, 'spec.externalIPs is ignored for headless services'),
  ...when(sessionAffinity !== 'None', 'spec.SessionAffinity is ignored for headless services'),
];

/** What a Service says to no effect, in a form of the past, or in one that is not the canonical one. */
export function serviceWarnings({ metadata, spec = {} }: Service): string[] {
  const { type, clusterIPs = [], externalIPs = [], loadBalancerIP, loadBalancerSourceRanges = [] } = spec;
  const headless = type === 'ClusterIP' && isHeadless(spec);
  const external = type === 'ExternalName';
  const hints = metadata.annotations?.[hintsAnnotation] !== undefined;
  return [
    ...when(hints, `annotation ${hintsAnnotation} is deprecated, please use ${modeAnnotation} instead`),
    ...(headless ? [] : clusterIPs.flatMap((ip, i) => addressWarnings(ip, at.child('clusterIPs').index(i)))),
    ...(headless ? headlessWarnings(spec) : []),
    ...externalIPs.flatMap((ip, i) => addressWarnings(ip, at.child('externalIPs').index(i))),
    ...when(
      externalIPs.length > 0 && !headless && !external,
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    ),
    ...(loadBalancerIP ? addressWarnings(loadBalancerIP, at.child('loadBalancerIP')) : []),
    ...loadBalancerSourceRanges.flatMap((cidr, i) => cidrWarnings(cidr, at.child('loadBalancerSourceRanges').index(i))),
    ...when(external && externalIPs.length > 0, 'spec.externalIPs is ignored when spec.type is "ExternalName"'),
    ...when(
      !external && Boolean(spec.externalName),
      'spec.externalName is ignored when spec.type is not "ExternalName"',
    ),
    ...when(
      spec.trafficDistribution === 'PreferClose',
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ),
  ];
}
