import type { HorizontalPodAutoscaler, HPAScalingRules } from '../../../api/generated/types.js';

/** How busy pods are meant to be if nobody says so, in percent. */
export const cpuUtilization = 80;
const period = 15;

/** Up fast: four pods or as many as there are, whichever is more, every quarter of a minute. */
const scaleUp = (): HPAScalingRules => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: period },
    { type: 'Percent', value: 100, periodSeconds: period },
  ],
});

/** Down all the way, once the controller's own window has passed. */
const scaleDown = (): HPAScalingRules => ({
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: period }],
});

const given = (rules: HPAScalingRules | undefined): Partial<HPAScalingRules> =>
  Object.fromEntries(Object.entries(rules ?? {}).filter(([, value]) => value !== undefined && value !== null));

/** One pod at least, none too busy. Who says how to scale in one direction is told about the other. Mutates the fresh object it is given. */
export function defaultHorizontalPodAutoscaler({ spec }: HorizontalPodAutoscaler): void {
  if (!spec) return;
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0)
    spec.metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuUtilization } },
      },
    ];
  if (!spec.behavior) return;
  spec.behavior.scaleUp = { ...scaleUp(), ...given(spec.behavior.scaleUp) };
  spec.behavior.scaleDown = { ...scaleDown(), ...given(spec.behavior.scaleDown) };
}
