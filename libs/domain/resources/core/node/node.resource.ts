import { FieldPath } from '../../../api/field-path.js';
import type { Node } from '../../../api/generated/types.js';
import { roundedToMilli } from '../../../api/quantity.js';
import { cidrWarnings } from '../../ip-address.warnings.js';
import { defineResource } from '../../define-resource.js';
import { nodeColumns } from './node.columns.js';
import { validateNode, validateNodeStatusUpdate, validateNodeUpdate } from './node.validation.js';

/** The kubelet's configuration has not come from the API since v1.24. */
function withoutDynamicConfig(node: Node): Node {
  const { configSource: _removed, ...spec } = node.spec ?? {};
  return node.spec ? { ...node, spec } : node;
}

const nodeWarnings = ({ spec }: Node): string[] => [
  ...(spec?.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
  ...(spec?.podCIDRs ?? []).flatMap((cidr, i) => cidrWarnings(cidr, FieldPath.of('spec', 'podCIDRs').index(i))),
];

/** Node: a machine that runs pods. Its agent registers it and reports its status. */
export const node = defineResource<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  defaults: ({ spec, status }) => {
    if (status?.capacity) status.capacity = roundedToMilli(status.capacity);
    if (status?.allocatable) status.allocatable = roundedToMilli(status.allocatable);
    if (status?.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
    if (!spec) return;
    // The older field wins where the two contradict each other.
    if (spec.podCIDR && spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
    else if (spec.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0];
  },
  strategy: {
    prepareForCreate: withoutDynamicConfig,
    prepareForUpdate: (next, current) => ({
      ...withoutDynamicConfig(next),
      ...(current.status ? { status: current.status } : {}),
    }),
    prepareForStatusUpdate: (next, current) => ({ ...next, ...(current.spec ? { spec: current.spec } : {}) }),
    changesGeneration: () => false,
  },
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeStatusUpdate,
  warnings: nodeWarnings,
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec?.unschedulable ?? false) },
  columns: nodeColumns,
});
