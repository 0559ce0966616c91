import type { PriorityLevelConfiguration } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateConditions } from '../flow-schema/flow-schema.validation.js';
import { validatePriorityLevel } from './priority-level-configuration.validation.js';
import { statusOnly } from '../../status-only.js';

const defaultShares = 30;
const none = '<none>';

function setDefaults({ spec }: PriorityLevelConfiguration): void {
  const { exempt, limited } = spec ?? {};
  if (exempt) {
    exempt.nominalConcurrencyShares ??= 0;
    exempt.lendablePercent ??= 0;
  }
  if (!limited) return;
  limited.nominalConcurrencyShares ??= defaultShares;
  limited.lendablePercent ??= 0;
  const queuing = limited.limitResponse?.queuing;
  if (!queuing) return;
  queuing.queues ||= 64;
  queuing.handSize ||= 8;
  queuing.queueLengthLimit ||= 50;
}

const queuingOf = ({ spec }: PriorityLevelConfiguration) => spec.limited?.limitResponse?.queuing;

/** PriorityLevelConfiguration: how much of the server's concurrency a class of requests gets, and how those wait that find none. */
export const priorityLevelConfiguration = defineResource<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  defaults: setDefaults,
  validate: validatePriorityLevel,
  validateStatusUpdate: ({ status }, _current, at) =>
    validateConditions(status?.conditions ?? [], at.child('status', 'conditions')),
  strategy: { prepareForStatusUpdate: statusOnly },
  columns: [
    nameColumn,
    column('Type', 'string', ({ spec }) => spec.type),
    column('NominalConcurrencyShares', 'string', ({ spec }) => spec.limited?.nominalConcurrencyShares ?? none),
    column('Queues', 'string', (level) => queuingOf(level)?.queues ?? none),
    column('HandSize', 'string', (level) => queuingOf(level)?.handSize ?? none),
    column('QueueLengthLimit', 'string', (level) => queuingOf(level)?.queueLengthLimit ?? none),
    ageColumn,
  ],
});
