import type { GroupVersionKind, GroupVersionResource } from '../api/group-version.js';
import { servedResources } from '../schema/api-facts.js';
import { completeResource } from './complete-resource.js';
import { defineResource, type AnyResource, type ResourceTraits } from './define-resource.js';
import { fullDepth } from './full-depth.js';
import { autoscalerStoredAsV2 } from './stored-as/horizontal-pod-autoscaler.stored-as.js';
import { eventStoredAsCore } from './stored-as/event.stored-as.js';
import type { EventsEvent, HorizontalPodAutoscalerV1 } from '../api/generated/types.js';
import { event } from './core/event/event.resource.js';
import type { CoreEvent } from '../api/generated/types.js';

const asCore = (object: EventsEvent): CoreEvent => eventStoredAsCore.toStored(object) as unknown as CoreEvent;

/** Kinds that are another view of a stored kind. */
const views = [
  defineResource<EventsEvent>({
    group: 'events.k8s.io',
    version: 'v1',
    kind: 'Event',
    plural: 'events',
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
  }),
];

const key = (group: string, version: string, name: string): string => `${group}/${version}/${name}`;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const traits = new Map<string, ResourceTraits<any>>(
  [...fullDepth, ...views].map((stated) => [key(stated.group, stated.version, stated.plural), stated]),
);

const resources: readonly AnyResource[] = servedResources.map((facts) =>
  completeResource(facts, traits.get(key(facts.group, facts.version, facts.plural))),
);
const byResource = new Map(resources.map((r) => [key(r.group, r.version, r.plural), r]));
const byKind = new Map(resources.map((r) => [key(r.group, r.version, r.kind), r]));

/** Every built-in resource that is served, in discovery order. */
export const allResources = (): readonly AnyResource[] => resources;

/** Undefined for what is not served. */
export const resourceFor = ({ group, version, plural }: GroupVersionResource): AnyResource | undefined =>
  byResource.get(key(group, version, plural));

export const resourceForKind = ({ group, version, kind }: GroupVersionKind): AnyResource | undefined =>
  byKind.get(key(group, version, kind));

/** The resource whose objects the log keeps: itself, unless it is another view of a stored kind. */
export function storedResource(resource: AnyResource): AnyResource {
  if (!resource.storedAs) return resource;
  const stored = resourceFor(resource.storedAs);
  if (!stored) throw new Error(`${resource.plural}.${resource.group} is stored as something that is not served`);
  return stored;
}
