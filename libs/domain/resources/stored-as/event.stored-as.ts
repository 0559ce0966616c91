import type { CoreEvent, EventsEvent } from '../../api/generated/types.js';
import type { KubeObject } from '../../api/kube-object.js';
import { validateReportedEvent, validateReportedEventUpdate } from '../core/event/reported-event.validation.js';
import type { StoredAs } from './stored-as.js';

/** events.k8s.io name → core/v1 name, where the two differ. */
const names: readonly (readonly [keyof EventsEvent, keyof CoreEvent])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

const toCore = new Map<string, string>(names);
const toEvents = new Map<string, string>(names.map(([events, core]) => [core, events]));

const rename = (object: KubeObject, to: ReadonlyMap<string, string>, apiVersion: string): KubeObject =>
  ({
    ...Object.fromEntries(Object.entries(object).map(([name, value]) => [to.get(name) ?? name, value])),
    apiVersion,
  }) as KubeObject;

/** core/v1 and events.k8s.io/v1 Events are one storage: the same events under two sets of field names. */
export const eventStoredAsCore: StoredAs<EventsEvent> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  toStored: (event) => rename(event as KubeObject, toCore, 'v1'),
  fromStored: (stored) => rename(stored, toEvents, 'events.k8s.io/v1') as unknown as EventsEvent,
  rules: {
    validate: (stored, at) => validateReportedEvent(stored as CoreEvent, at),
    validateUpdate: (next, current, at) => validateReportedEventUpdate(next as CoreEvent, current as CoreEvent, at),
  },
};
