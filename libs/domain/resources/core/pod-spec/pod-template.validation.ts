import { all } from '../../../api/findings.js';
import { forbiddenField, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PodTemplateSpec } from '../../../api/generated/types.js';
import { validateAnnotations, validateLabels } from '../../../api/object-meta.validation.js';
import { validateProfileAnnotations } from './pod-annotations.validation.js';
import { validatePodSpec } from './pod-spec.validation.js';
import { validateProfileAgreement } from './profile-agreement.validation.js';

/** Rules of the template that workloads make pods from. Clients know its labels and annotations by the paths without `metadata`. */
export function validatePodTemplate({ metadata, spec }: PodTemplateSpec, at: FieldPath): FieldError[] {
  return all(
    validateLabels(metadata?.labels, at.child('labels')),
    validateAnnotations(metadata?.annotations, at.child('annotations')),
    validateProfileAnnotations(metadata?.annotations, spec ?? { containers: [] }, at.child('annotations')),
    validatePodSpec(spec ?? { containers: [] }, undefined, at.child('spec')),
    validateProfileAgreement(metadata?.annotations, spec ?? { containers: [] }, at.child('spec')),
    spec?.ephemeralContainers?.length
      ? [forbiddenField(at.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template')]
      : [],
  );
}
