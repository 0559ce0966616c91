import type {
  CoreEvent,
  EventsEvent,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
} from '../../api/generated/types.js';
import { cpuUtilization } from '../autoscaling/horizontal-pod-autoscaler/horizontal-pod-autoscaler.defaults.js';
import { horizontalPodAutoscalerColumns } from '../autoscaling/horizontal-pod-autoscaler/horizontal-pod-autoscaler.columns.js';
import { event } from '../core/event/event.resource.js';
import { defineResource } from '../define-resource.js';
import { eventStoredAsCore } from './event.stored-as.js';
import { autoscalerStoredAsV2, metricsAnnotation } from './horizontal-pod-autoscaler.stored-as.js';

const asCore = (object: EventsEvent): CoreEvent => eventStoredAsCore.toStored(object) as unknown as CoreEvent;

const asV2 = (object: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler =>
  autoscalerStoredAsV2.toStored(object) as unknown as HorizontalPodAutoscaler;

/** Kinds that are another view of a stored kind. */
export const views = [
  defineResource<EventsEvent>({
    group: 'events.k8s.io',
    version: 'v1',
    kind: 'Event',
    plural: 'events',
    stream: 'EVENTS',
    storedAs: eventStoredAsCore,
    strategy: { allowCreateOnUpdate: true },
    columns: (event.columns ?? []).map((column) => ({
      ...column,
      value: (object: EventsEvent, now: Date) => column.value(asCore(object), now),
    })),
    selectableFields: Object.fromEntries(
      Object.entries(event.selectableFields ?? {}).map(([path, value]) => [
        path.replace('involvedObject', 'regarding').replace('reportingComponent', 'reportingController'),
        (object: EventsEvent) => value(asCore(object)),
      ]),
    ),
  }),
  defineResource<HorizontalPodAutoscalerV1>({
    group: 'autoscaling',
    version: 'v1',
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
    storedAs: autoscalerStoredAsV2,
    defaults: ({ metadata, spec }) => {
      if (!spec) return;
      spec.minReplicas ??= 1;
      if (metadata.annotations?.[metricsAnnotation] === undefined)
        spec.targetCPUUtilizationPercentage ??= cpuUtilization;
    },
    columns: horizontalPodAutoscalerColumns.map((column) => ({
      ...column,
      value: (object: HorizontalPodAutoscalerV1, now: Date) => column.value(asV2(object), now),
    })),
  }),
];
