import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  HorizontalPodAutoscalerStatus,
  HorizontalPodAutoscalerStatusV1,
  HorizontalPodAutoscalerV1,
  MetricSpec,
  MetricStatus,
} from '../../api/generated/types.js';
import type { KubeObject, ObjectMeta } from '../../api/kube-object.js';
import type { StoredAs } from './stored-as.js';

/** What v1 has no fields for travels in these annotations, as JSON. */
const annotation = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
};

/** Where v1 keeps the metrics that it has no field for. */
export const metricsAnnotation = annotation.metrics;

const isCpuUtilization = ({ type, resource }: MetricSpec): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target.type === 'Utilization';

const isCpu = ({ type, resource }: MetricStatus): boolean => type === 'Resource' && resource?.name === 'cpu';

/** The list in an annotation; undefined if it is not there or cannot be read, as when a person has edited it. */
function fromAnnotation<T>(metadata: ObjectMeta, name: string): T | undefined {
  const text = metadata.annotations?.[name];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

const listFromAnnotation = <T>(metadata: ObjectMeta, name: string): T[] => {
  const value = fromAnnotation<unknown>(metadata, name);
  return Array.isArray(value) ? (value as T[]) : [];
};

function withAnnotations(metadata: ObjectMeta, values: Record<string, unknown>): ObjectMeta {
  const reserved = new Set(Object.values(annotation));
  const kept = Object.entries(metadata.annotations ?? {}).filter(([name]) => !reserved.has(name));
  const added = Object.entries(values)
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [name, JSON.stringify(value)]);
  const annotations = Object.fromEntries([...kept, ...added]) as Record<string, string>;
  const { annotations: _ignored, ...rest } = metadata;
  return Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
}

const cpuMetric = (averageUtilization: number): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});

const cpuStatus = (averageUtilization: number): MetricStatus => ({
  type: 'Resource',
  resource: { name: 'cpu', current: { averageUtilization } },
});

function statusToV2(status: HorizontalPodAutoscalerStatusV1, metadata: ObjectMeta): HorizontalPodAutoscalerStatus {
  const { currentCPUUtilizationPercentage: cpu, ...counts } = status;
  const conditions = listFromAnnotation<HorizontalPodAutoscalerCondition>(metadata, annotation.conditions);
  const currentMetrics = [
    ...listFromAnnotation<MetricStatus>(metadata, annotation.currentMetrics),
    ...(cpu === undefined ? [] : [cpuStatus(cpu)]),
  ];
  return {
    ...counts,
    ...(currentMetrics.length > 0 ? { currentMetrics } : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

function toV2({ metadata, spec, status }: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage: target, ...scaling } = spec;
  const behavior = fromAnnotation<HorizontalPodAutoscaler['spec']['behavior']>(metadata, annotation.behavior);
  const metrics = [
    ...listFromAnnotation<MetricSpec>(metadata, annotation.metrics),
    ...(target === undefined ? [] : [cpuMetric(target)]),
  ];
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(metadata, {}),
    spec: { ...scaling, ...(metrics.length > 0 ? { metrics } : {}), ...(behavior ? { behavior } : {}) },
    ...(status ? { status: statusToV2(status, metadata) } : {}),
  };
}

function toV1({ metadata, spec, status }: HorizontalPodAutoscaler): HorizontalPodAutoscalerV1 {
  const { metrics = [], behavior, ...scaling } = spec;
  // Written as null where there are none.
  const currentMetrics = status?.currentMetrics ?? [];
  const conditions = status?.conditions ?? [];
  const {
    observedGeneration,
    lastScaleTime,
    currentReplicas = 0,
    desiredReplicas = 0,
  }: Partial<HorizontalPodAutoscalerStatus> = status ?? {};
  const cpu = metrics.find(isCpuUtilization);
  const target = cpu?.resource?.target.averageUtilization;
  const currentCpu = currentMetrics.find(
    (metric) => isCpu(metric) && metric.resource?.current.averageUtilization !== undefined,
  );
  const current = currentCpu?.resource?.current.averageUtilization;
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(metadata, {
      [annotation.metrics]: metrics.filter((metric) => metric !== cpu || target === undefined),
      [annotation.currentMetrics]: currentMetrics.filter((metric) => metric !== currentCpu),
      [annotation.conditions]: conditions,
      [annotation.behavior]: behavior,
    }),
    spec: { ...scaling, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    ...(status
      ? {
          status: {
            ...(observedGeneration === undefined ? {} : { observedGeneration }),
            ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
            currentReplicas,
            desiredReplicas,
            ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
          },
        }
      : {}),
  };
}

/** autoscaling/v1 is a view of v2: its CPU target is one of v2's metrics. */
export const autoscalerStoredAsV2: StoredAs<HorizontalPodAutoscalerV1> = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  toStored: (object) => toV2(object) as KubeObject,
  fromStored: (stored) => toV1(stored as unknown as HorizontalPodAutoscaler),
};
