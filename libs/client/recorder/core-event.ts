import type { KubeObject } from '@shiplog/domain';
import type { Cause } from '../api-client.js';

/** What an event is about (core/v1 ObjectReference). */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}

/** Something worth telling a person about an object. */
export interface NewCoreEvent {
  readonly about: EventSubject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Who tells: `deployment-controller`, `default-scheduler`, `kubelet` on a host. */
export interface EventReporter {
  readonly component: string;
  readonly host?: string;
  readonly actAs?: string;
}

/** A stored event that the recorder may count up. */
export interface SeenEvent {
  readonly namespace: string;
  readonly name: string;
  readonly count: number;
}

export interface RecordedEvent extends NewCoreEvent {
  readonly reporter: EventReporter;
  readonly cause?: Cause;
}

/** Reference to an object, as events carry it. */
export const subjectOf = ({ apiVersion, kind, metadata }: KubeObject, fieldPath?: string): EventSubject => ({
  apiVersion,
  kind,
  name: metadata.name ?? '',
  ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  ...(metadata.uid ? { uid: metadata.uid } : {}),
  ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
  ...(fieldPath ? { fieldPath } : {}),
});

/** Events that are the same for a reader: one object, one reason, one text, one reporter. */
export const sameEvent = ({ about, type, reason, message, reporter }: RecordedEvent): string =>
  JSON.stringify([...placeOf(about), type, reason, message, reporter.component, reporter.host]);

/** Events that differ in their text only. */
export const similarEvent = ({ about, type, reason, reporter }: RecordedEvent): string =>
  JSON.stringify([...placeOf(about), type, reason, reporter.component, reporter.host]);

const placeOf = ({ kind, namespace, name, uid, fieldPath }: EventSubject): unknown[] => [
  kind,
  namespace,
  name,
  uid,
  fieldPath,
];

/** metav1.Time has whole seconds. */
export const wholeSeconds = (now: Date): string => `${now.toISOString().slice(0, 19)}Z`;

/** How often something happened, and when. */
export interface Occurrences {
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** The core/v1 Event of its first occurrences. `suffix` makes the name unique. Pure. */
export function coreEvent(event: RecordedEvent, { count, firstAt, lastAt }: Occurrences, suffix: string) {
  const { about, type, reason, message, reporter } = event;
  const namespace = about.namespace ?? 'default';
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${about.name.slice(0, 230)}.${suffix}`, namespace },
    involvedObject: about,
    reason,
    message,
    type,
    source: { component: reporter.component, ...(reporter.host ? { host: reporter.host } : {}) },
    firstTimestamp: wholeSeconds(firstAt),
    lastTimestamp: wholeSeconds(lastAt),
    count,
    eventTime: null,
    reportingComponent: reporter.component,
    reportingInstance: reporter.host ?? '',
  };
}
