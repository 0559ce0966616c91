import type { CoreEvent } from '../../../api/generated/types.js';
import { column, since, wide } from '../../columns.js';
import { defineResource, type Column } from '../../define-resource.js';
import { validateCoreEvent } from './event.validation.js';

/** When it first and last happened, from whichever of the two generations of fields the reporter filled. */
const firstSeen = ({ firstTimestamp, eventTime }: CoreEvent): string | undefined => firstTimestamp ?? eventTime;
const lastSeen = (event: CoreEvent): string | undefined =>
  event.series?.lastObservedTime ?? event.lastTimestamp ?? firstSeen(event);

function sourceText({ source, reportingComponent, reportingInstance }: CoreEvent): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance || '';
  return instance ? `${component}, ${instance}` : component;
}

export const eventColumns: readonly Column<CoreEvent>[] = [
  column('Last Seen', 'string', (event, now) => since(lastSeen(event), now)),
  column('Type', 'string', ({ type }) => type ?? ''),
  column('Reason', 'string', ({ reason }) => reason ?? ''),
  column('Object', 'string', ({ involvedObject: { kind = '', name } }) =>
    name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
  ),
  wide('Subobject', 'string', ({ involvedObject }) => involvedObject.fieldPath ?? ''),
  wide('Source', 'string', sourceText),
  column('Message', 'string', ({ message }) => (message ?? '').trim()),
  wide('First Seen', 'string', (event, now) => since(firstSeen(event), now)),
  wide('Count', 'string', ({ series, count }) => series?.count ?? (count || 1)),
  { ...wide<CoreEvent>('Name', 'string', ({ metadata }) => metadata.name ?? ''), format: 'name' },
];

const involved = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;

/** Event: what happened to an object, for people to read. Kept apart from the other kinds and only for a time. */
export const event = defineResource<CoreEvent>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  stream: 'EVENTS',
  nameFormat: () => [],
  freeFinalizers: true,
  strategy: { allowCreateOnUpdate: true },
  validate: (event, at) => validateCoreEvent(event, at),
  selectableFields: {
    ...Object.fromEntries(
      involved.map((field) => [
        `involvedObject.${field}`,
        ({ involvedObject }: CoreEvent) => involvedObject[field] ?? '',
      ]),
    ),
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component || reportingComponent || '',
    type: ({ type }) => type ?? '',
  },
  columns: eventColumns,
});
