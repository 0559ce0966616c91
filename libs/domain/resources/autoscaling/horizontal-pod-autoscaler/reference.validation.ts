import { required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { CrossVersionObjectReference } from '../../../api/generated/types.js';
import { isPathSegmentName } from '../../../api/names.js';
import { inFormat } from '../../rules.js';

/** What is scaled, or measured: a kind and a name. */
export function validateReference({ kind, name }: Partial<CrossVersionObjectReference>, at: FieldPath): FieldError[] {
  return Object.entries({ kind, name }).flatMap(([field, value]) =>
    value ? inFormat(isPathSegmentName, value, at.child(field)) : [required(at.child(field))],
  );
}
