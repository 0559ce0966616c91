import type { HorizontalPodAutoscaler } from '../../../api/generated/types.js';
import { defineResource } from '../../define-resource.js';
import { nonNegative } from '../../rules.js';
import { horizontalPodAutoscalerColumns } from './horizontal-pod-autoscaler.columns.js';
import { defaultHorizontalPodAutoscaler } from './horizontal-pod-autoscaler.defaults.js';
import {
  validateApiVersions,
  validateHorizontalPodAutoscaler,
  validateHorizontalPodAutoscalerUpdate,
} from './horizontal-pod-autoscaler.validation.js';

/** HorizontalPodAutoscaler: as many pods as their load asks for. */
export const horizontalPodAutoscaler = defineResource<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  defaults: defaultHorizontalPodAutoscaler,
  strategy: {
    prepareForCreate: (autoscaler) => ({ ...autoscaler, status: { desiredReplicas: 0, currentMetrics: [] } }),
  },
  validate: validateHorizontalPodAutoscaler,
  validateCreate: ({ spec }, at) => (spec ? validateApiVersions(spec, undefined, at.child('spec')) : []),
  validateUpdate: validateHorizontalPodAutoscalerUpdate,
  validateStatusUpdate: ({ status }, _current, at) =>
    (['currentReplicas', 'desiredReplicas'] as const).flatMap((field) =>
      nonNegative(status?.[field], at.child('status', field)),
    ),
  columns: horizontalPodAutoscalerColumns,
});
