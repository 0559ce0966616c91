import type { LabelSelector, PodTemplateSpec } from '../../api/generated/types.js';
import { labelMatcher, printLabelMatcher } from '../../api/label-selector.js';
import { orNone } from '../columns.js';

export const containerNames = (template: PodTemplateSpec | undefined): string =>
  (template?.spec?.containers ?? []).map(({ name }) => name).join(',');
export const images = (template: PodTemplateSpec | undefined): string =>
  (template?.spec?.containers ?? []).map(({ image }) => image ?? '').join(',');
export const selectorText = (selector: LabelSelector | undefined): string =>
  orNone(printLabelMatcher(labelMatcher(selector)));
