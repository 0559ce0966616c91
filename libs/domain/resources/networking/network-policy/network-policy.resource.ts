import { FieldPath } from '../../../api/field-path.js';
import type { NetworkPolicy, NetworkPolicySpec } from '../../../api/generated/types.js';
import { selectorText } from '../../apps/workload.columns.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { cidrWarnings } from '../../ip-address.warnings.js';
import {
  placedPeers,
  validateNetworkPolicy,
  validateNetworkPolicyUpdate,
  validateNewNetworkPolicy,
} from './network-policy.validation.js';

function defaultPolicy(spec: NetworkPolicySpec): void {
  for (const { ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    for (const port of ports ?? []) port.protocol ??= 'TCP';
  if ((spec.policyTypes ?? []).length === 0)
    spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** NetworkPolicy: who may talk to some pods, and to whom they may. */
export const networkPolicy = defineResource<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  defaults: ({ spec }) => {
    if (spec) defaultPolicy(spec);
  },
  validate: validateNetworkPolicy,
  validateCreate: validateNewNetworkPolicy,
  validateUpdate: validateNetworkPolicyUpdate,
  warnings: ({ spec }) =>
    placedPeers(spec ?? {}, FieldPath.of('spec')).flatMap(({ peer: { ipBlock }, at }) =>
      ipBlock
        ? [
            ...cidrWarnings(ipBlock.cidr, at.child('ipBlock', 'cidr')),
            ...(ipBlock.except ?? []).flatMap((cidr, i) => cidrWarnings(cidr, at.child('ipBlock', 'except').index(i))),
          ]
        : [],
    ),
  columns: [
    nameColumn,
    column('Pod-Selector', 'string', ({ spec }) => selectorText(spec?.podSelector ?? {})),
    ageColumn,
  ],
});
