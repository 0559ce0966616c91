import { invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Namespace } from '../../../api/generated/types.js';

/** The phase follows from deletion: Terminating while there is a deletionTimestamp, Active while not. */
export function validateNamespaceStatusUpdate(next: Namespace, _current: Namespace, at: FieldPath): FieldError[] {
  const phase = next.status?.phase;
  const deleting = next.metadata.deletionTimestamp !== undefined;
  if (deleting && phase !== 'Terminating') {
    return [
      invalid(at.child('status', 'Phase'), phase, "may only be 'Terminating' if `deletionTimestamp` is not empty"),
    ];
  }
  if (!deleting && phase !== 'Active') {
    return [invalid(at.child('status', 'Phase'), phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  }
  return [];
}
