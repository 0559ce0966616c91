import type { PodDisruptionBudget } from '../../../api/generated/types.js';
import { isPathSegmentName } from '../../../api/names.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateBudget, validateBudgetStatus } from './pod-disruption-budget.validation.js';

/** PodDisruptionBudget: how many of the pods it selects must stay when others are evicted. */
export const podDisruptionBudget = defineResource<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  nameFormat: isPathSegmentName,
  freeFinalizers: true,
  strategy: { allowUnconditionalUpdate: false },
  validate: validateBudget,
  validateStatusUpdate: (next, _current, at) => validateBudgetStatus(next, at),
  columns: [
    nameColumn,
    column('Min Available', 'string', ({ spec }) => String(spec?.minAvailable ?? 'N/A'), {
      description: 'Pods that must stay available.',
    }),
    column('Max Unavailable', 'string', ({ spec }) => String(spec?.maxUnavailable ?? 'N/A'), {
      description: 'Pods that may be unavailable.',
    }),
    column('Allowed Disruptions', 'integer', ({ status }) => status?.disruptionsAllowed ?? 0, {
      description: 'Pods that may be evicted now.',
    }),
    ageColumn,
  ],
});
