import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import type { Column } from '../../define-resource.js';

const unknown = '<unknown>';
const maxMetrics = 2;

type Current = Partial<Record<'value' | 'averageValue', string>> & { averageUtilization?: number };

const percent = (value: number | undefined, otherwise: string): string =>
  value === undefined ? otherwise : `${value}%`;

/** `now/goal` of a resource: an amount for each pod, or how busy they are. */
const resourceText = (name: string, target: MetricTarget, current: Current | undefined): string =>
  target.averageValue === undefined
    ? `${name}: ${percent(current?.averageUtilization, unknown)}/${percent(target.averageUtilization, '<auto>')}`
    : `${name}: ${current?.averageValue ?? unknown}/${target.averageValue}`;

const valueText = (target: MetricTarget, current: Current | undefined): string =>
  target.averageValue === undefined
    ? `${current ? (current.value ?? '0') : unknown}/${target.value ?? '0'}`
    : `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`;

function metricText(metric: MetricSpec, status: MetricStatus | undefined): string {
  const { external, pods, object, resource, containerResource } = metric;
  if (metric.type === 'External' && external) return valueText(external.target, status?.external?.current);
  if (metric.type === 'Object' && object) return valueText(object.target, status?.object?.current);
  if (metric.type === 'Pods' && pods)
    return `${status?.pods?.current?.averageValue ?? unknown}/${pods.target.averageValue ?? '0'}`;
  if (metric.type === 'Resource' && resource)
    return resourceText(resource.name, resource.target, status?.resource?.current);
  if (metric.type === 'ContainerResource' && containerResource)
    return resourceText(containerResource.name, containerResource.target, status?.containerResource?.current);
  return '<unknown type>';
}

function targetsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, i) => metricText(metric, status?.currentMetrics?.[i]));
  const more = texts.length - maxMetrics;
  return more > 0 ? `${texts.slice(0, maxMetrics).join(', ')} + ${more} more...` : texts.join(', ');
}

export const horizontalPodAutoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  column(
    'Reference',
    'string',
    ({ spec }) => `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`,
  ),
  column('Targets', 'string', targetsText),
  column('MinPods', 'string', ({ spec }) => (spec?.minReplicas === undefined ? '<unset>' : String(spec.minReplicas))),
  column('MaxPods', 'string', ({ spec }) => spec?.maxReplicas ?? 0),
  column('Replicas', 'string', ({ status }) => status?.currentReplicas ?? 0),
  ageColumn,
];
