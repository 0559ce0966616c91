import type { LimitRange, LimitRangeItem } from '../../../api/generated/types.js';
import { createdAtColumn, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateLimitRange } from './limit-range.validation.js';

/** Of a container: what is not said about the default is the maximum, and what is not said about the request is the default. */
function defaultItem(item: LimitRangeItem): void {
  if (item.type !== 'Container') return;
  item.default = { ...item.max, ...item.default };
  item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
}

/** LimitRange: what a pod, a container or a claim of a namespace may ask for, and asks for if it says nothing. */
export const limitRange = defineResource<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  defaults: ({ spec }) => (spec?.limits ?? []).forEach(defaultItem),
  strategy: { allowCreateOnUpdate: true },
  validate: validateLimitRange,
  columns: [nameColumn, createdAtColumn],
});
