import type { Service } from '../../../api/generated/types.js';
import { ageColumn, column, labelsText, nameColumn, orNone, wide } from '../../columns.js';
import type { Column } from '../../define-resource.js';

function externalIp({ spec = {}, status }: Service): string {
  const own = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return orNone(own.join(','));
    case 'LoadBalancer': {
      const balanced = (status?.loadBalancer?.ingress ?? [])
        .map(({ ip, hostname }) => ip || hostname || '')
        .filter(Boolean);
      return [...new Set(balanced), ...own].join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

const portsText = ({ spec }: Service): string =>
  orNone(
    (spec?.ports ?? [])
      .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
      .join(','),
  );

export const serviceColumns: readonly Column<Service>[] = [
  nameColumn,
  column('Type', 'string', ({ spec }) => spec?.type ?? ''),
  column('Cluster-IP', 'string', ({ spec }) => orNone(spec?.clusterIPs?.[0])),
  column('External-IP', 'string', externalIp),
  column('Port(s)', 'string', portsText),
  ageColumn,
  wide('Selector', 'string', ({ spec }) => labelsText(spec?.selector)),
];
