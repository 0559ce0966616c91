import type { Ingress } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { ipProblems, parseIp } from '../../ip-address.js';
import { isDnsSubdomain } from '../../../api/names.js';
import { invalid } from '../../../api/field-error.js';
import { inFormat } from '../../rules.js';
import { ingressClassAnnotation, validateIngress, validateNewIngress } from './ingress.validation.js';

const maxHosts = 3;

function hostsText({ spec }: Ingress): string {
  const rules = spec?.rules ?? [];
  const hosts = rules.map(({ host }) => host ?? '').filter(Boolean);
  if (hosts.length === 0) return '*';
  const shown = hosts.slice(0, maxHosts).join(',');
  const isCut = hosts.length >= maxHosts && rules.length > maxHosts;
  return isCut ? `${shown} + ${rules.length - maxHosts} more...` : shown;
}

const addressText = ({ status }: Ingress): string =>
  [...new Set((status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || ''))]
    .filter(Boolean)
    .sort()
    .join(',');

/** Ingress: which requests from outside go to which Service. */
export const ingress = defineResource<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  strategy: {
    prepareForCreate: (ingress) => ({ ...ingress, status: { loadBalancer: {} } }),
  },
  validate: validateIngress,
  validateCreate: validateNewIngress,
  validateStatusUpdate: ({ status }, current, at) => {
    const known = (current.status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
    return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, i) => {
      const path = at.child('status', 'loadBalancer', 'ingress').index(i);
      return [
        ...(ip && !known.includes(ip) ? inFormat(ipProblems, ip, path.child('ip')) : []),
        ...(hostname ? inFormat(isDnsSubdomain, hostname, path.child('hostname')) : []),
        ...(hostname && parseIp(hostname)
          ? [invalid(path.child('hostname'), hostname, 'must be a DNS name, not an IP address')]
          : []),
      ];
    });
  },
  warnings: ({ metadata, spec }, current) =>
    !current && metadata.annotations?.[ingressClassAnnotation] !== undefined && spec?.ingressClassName === undefined
      ? [`annotation "${ingressClassAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  columns: [
    nameColumn,
    column('Class', 'string', ({ spec }) => spec?.ingressClassName ?? '<none>'),
    column('Hosts', 'string', hostsText),
    column('Address', 'string', addressText),
    column('Ports', 'string', ({ spec }) => ((spec?.tls ?? []).length > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
});
