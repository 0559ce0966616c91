import { FieldPath } from '../../../api/field-path.js';
import type { PodTemplate } from '../../../api/generated/types.js';
import { containerNames, images } from '../../apps/workload.columns.js';
import { column, labelsText, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { defaultPodSpec } from '../pod-spec/pod-spec.defaults.js';
import { templateWithoutSwitchedOff } from '../pod-spec/switched-off-fields.js';
import { podWarnings } from '../pod-spec/pod-spec.warnings.js';
import { validatePodTemplate } from '../pod-spec/pod-template.validation.js';

/** PodTemplate: a template stored by itself. */
export const podTemplate = defineResource<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  defaults: ({ template }) => {
    if (template?.spec) defaultPodSpec(template.spec);
  },
  strategy: {
    deleteReturnsObject: true,
    prepareForCreate: (podTemplate) => templateWithoutSwitchedOff(podTemplate),
    prepareForUpdate: templateWithoutSwitchedOff,
  },
  validate: ({ template }, at) => validatePodTemplate(template ?? {}, at.child('template')),
  warnings: ({ template }) => podWarnings(template, FieldPath.of('template')),
  columns: [
    nameColumn,
    column('Containers', 'string', ({ template }) => containerNames(template)),
    column('Images', 'string', ({ template }) => images(template)),
    column('Pod Labels', 'string', ({ template }) => labelsText(template?.metadata?.labels)),
  ],
});
