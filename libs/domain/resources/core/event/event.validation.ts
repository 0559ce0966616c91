import { invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { CoreEvent } from '../../../api/generated/types.js';
import { isDnsSubdomain, isQualifiedName } from '../../../api/names.js';
import { inFormat } from '../../rules.js';

const limits = { reportingInstance: 128, action: 128, reason: 128, message: 1024 } as const;
const mismatch = 'does not match event.namespace';

function validateNamespaces({ metadata, involvedObject, eventTime }: CoreEvent, at: FieldPath): FieldError[] {
  const own = metadata.namespace ?? '';
  const theirs = involvedObject.namespace ?? '';
  const clusterScoped = theirs === '';
  const agrees = eventTime
    ? !clusterScoped || own === 'default' || own === 'kube-system'
    : clusterScoped
      ? own === '' || own === 'default'
      : own === theirs;
  return agrees ? [] : [invalid(at.child('involvedObject', 'namespace'), theirs, mismatch)];
}

/** What a reporter that states an eventTime owes, with the names of the fields that its API version uses. */
function validateReport(event: CoreEvent, reporterField: string, at: FieldPath): FieldError[] {
  const { reportingComponent: reporter = '' } = event;
  const limited = (field: keyof typeof limits, mandatory: boolean): FieldError[] => {
    const text = event[field] ?? '';
    if (text === '') return mandatory ? [required(at.child(field))] : [];
    return text.length > limits[field]
      ? [invalid(at.child(field), '', `can have at most ${limits[field]} characters`)]
      : [];
  };
  return [
    ...(reporter === '' ? [required(at.child(reporterField))] : []),
    ...inFormat(isQualifiedName, reporter, at.child(reporterField)),
    ...limited('reportingInstance', true),
    ...limited('action', true),
    ...limited('reason', true),
    ...limited('message', false),
  ];
}

/** Rules of core/v1 Event. Events without an eventTime come from older reporters and need only agree on the namespace. */
export function validateCoreEvent(event: CoreEvent, at: FieldPath, reporterField = 'reportingComponent'): FieldError[] {
  return [
    ...validateNamespaces(event, at),
    ...(event.eventTime ? validateReport(event, reporterField, at) : []),
    ...inFormat(isDnsSubdomain, event.metadata.namespace ?? '', at.child('namespace')),
  ];
}
