import type { FieldError } from '../../api/field-error.js';
import type { FieldPath } from '../../api/field-path.js';
import type { KubeObject } from '../../api/kube-object.js';

/**
 * Where a kind is kept when it is another view of a stored kind: the log, caches and projections know only the stored form. Both directions
 * are pure, keep metadata as it is and lose nothing on the way there and back.
 */
export interface StoredAs<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  toStored(object: T): KubeObject;
  fromStored(stored: KubeObject): T;
  /** The view's own rules, on the stored form, in place of the stored kind's. The view's names then stand in errors and managedFields. */
  readonly rules?: {
    validate(stored: KubeObject, at: FieldPath): FieldError[];
    validateUpdate(next: KubeObject, current: KubeObject, at: FieldPath): FieldError[];
  };
}
