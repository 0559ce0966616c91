import type { FlowSchema } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateConditions, validateFlowSchema } from './flow-schema.validation.js';
import { statusOnly } from '../../status-only.js';

const defaultPrecedence = 1000;

/** FlowSchema: which requests belong together, and which priority level serves them. */
export const flowSchema = defineResource<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  defaults: ({ spec }) => {
    if (spec) spec.matchingPrecedence ||= defaultPrecedence;
  },
  validate: validateFlowSchema,
  validateStatusUpdate: ({ status }, _current, at) =>
    validateConditions(status?.conditions ?? [], at.child('status', 'conditions')),
  strategy: { prepareForStatusUpdate: statusOnly },
  columns: [
    nameColumn,
    column('PriorityLevel', 'string', ({ spec }) => spec.priorityLevelConfiguration.name),
    column('MatchingPrecedence', 'string', ({ spec }) => spec.matchingPrecedence ?? 0),
    column('DistinguisherMethod', 'string', ({ spec }) => spec.distinguisherMethod?.type ?? '<none>'),
    ageColumn,
    column(
      'MissingPL',
      'string',
      ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
});
