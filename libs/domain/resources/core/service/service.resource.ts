import type { Service } from '../../../api/generated/types.js';
import { isDnsLabel } from '../../../api/names.js';
import { defineResource } from '../../define-resource.js';
import { serviceColumns } from './service.columns.js';
import { defaultService } from './service.defaults.js';
import { serviceStrategy } from './service.strategy.js';
import { validateServiceUpdate } from './service-update.validation.js';
import { validateService, validateServiceStatusUpdate } from './service.validation.js';
import { serviceWarnings } from './service.warnings.js';

/** Service: one stable address and name for a set of pods. */
export const service = defineResource<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  nameFormat: isDnsLabel,
  defaults: defaultService,
  strategy: serviceStrategy,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatusUpdate,
  warnings: serviceWarnings,
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec?.clusterIP ?? '',
    'spec.type': ({ spec }) => spec?.type ?? '',
  },
  columns: serviceColumns,
});
