import type { Node } from '../../../api/generated/types.js';
import { defineResource } from '../../define-resource.js';
import { nodeColumns } from './node.columns.js';
import { validateNode, validateNodeUpdate } from './node.validation.js';

/** Node: a machine that runs pods. Its agent registers it and reports its status. */
export const node = defineResource<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  defaults: ({ spec, status }) => {
    if (status?.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
    if (!spec) return;
    if (spec.podCIDR && !spec.podCIDRs?.length) spec.podCIDRs = [spec.podCIDR];
    if (spec.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0];
  },
  strategy: {
    prepareForCreate: (node) => node,
    prepareForStatusUpdate: (next, current) => ({ ...next, ...(current.spec ? { spec: current.spec } : {}) }),
    changesGeneration: () => false,
  },
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeUpdate,
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec?.unschedulable ?? false) },
  columns: nodeColumns,
});
