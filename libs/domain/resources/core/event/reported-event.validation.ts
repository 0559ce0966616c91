import { deepEqual } from '../../../api/deep-equal.js';
import { invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { CoreEvent } from '../../../api/generated/types.js';
import { fieldIsImmutable } from '../../rules.js';
import { validateCoreEvent } from './event.validation.js';

function validateSeries({ series }: CoreEvent, at: FieldPath): FieldError[] {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalid(at.child('series.count'), '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required(at.child('series.lastObservedTime'))]),
  ];
}

/** Rules of events.k8s.io/v1, stricter than those of core/v1. Takes and names the event as it is stored. */
export function validateReportedEvent(event: CoreEvent, at: FieldPath): FieldError[] {
  const unset = (field: string, value: unknown): FieldError[] =>
    value ? [invalid(at.child(field), '', 'needs to be unset')] : [];
  return [
    ...validateCoreEvent(event, at, 'reportingController'),
    ...validateSeries(event, at),
    ...(event.eventTime ? [] : [required(at.child('eventTime'))]),
    ...(event.type === 'Normal' || event.type === 'Warning'
      ? []
      : [invalid(at.child('type'), '', `has invalid value: ${event.type ?? ''}`)]),
    ...unset('firstTimestamp', event.firstTimestamp),
    ...unset('lastTimestamp', event.lastTimestamp),
    ...unset('count', event.count),
    ...unset('source', event.source?.component || event.source?.host),
  ];
}

const fixed: readonly (keyof CoreEvent & string)[] = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingInstance',
];

/** Once reported, only the series of an event goes on. */
export function validateReportedEventUpdate(next: CoreEvent, current: CoreEvent, at: FieldPath): FieldError[] {
  return [
    ...validateCoreEvent(next, at, 'reportingController'),
    ...(deepEqual(next.series, current.series) ? [] : validateSeries(next, at)),
    ...fixed.flatMap((field) =>
      deepEqual(next[field] ?? null, current[field] ?? null)
        ? []
        : [invalid(at.child(field), next[field], fieldIsImmutable)],
    ),
    ...(next.reportingComponent === current.reportingComponent
      ? []
      : [invalid(at.child('reportingController'), next.reportingComponent, fieldIsImmutable)]),
  ];
}
