import type { ParamKind, ParamRef } from '../../api/generated/types.js';
import { selectorText } from '../apps/workload.columns.js';

export const paramKindText = (kind: ParamKind | undefined): string =>
  kind ? `${kind.apiVersion ?? ''}/${kind.kind ?? ''}` : '<unset>';

/** Whether an object without a namespace has one depends on its kind: a star stands for that. */
export function paramRefText(ref: ParamRef | undefined): string {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`;
  return ref?.selector ? selectorText(ref.selector) : '<unset>';
}
