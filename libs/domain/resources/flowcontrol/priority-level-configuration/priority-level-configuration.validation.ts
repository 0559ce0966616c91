import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '../../../api/generated/types.js';
import { requiredOneOf } from '../../rules.js';
import { validateConditions } from '../flow-schema/flow-schema.validation.js';
import { mandatoryPriorityLevelSpecs } from '../mandatory-specs.js';
import { priorityLevelAsQuoted } from './priority-level-configuration.quoted.js';

const mostQueues = 10_000_000;
/** A hand is dealt from this many bits of a hash; more would leave the last card uneven. */
const hashBits = 60;
const roundTripAnnotation = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';

/** Rules of the API reference for PriorityLevelConfiguration. Pure; reports every violation. */
export function validatePriorityLevel(
  { metadata, spec = { type: '' }, status }: PriorityLevelConfiguration,
  at: FieldPath,
): FieldError[] {
  const name = metadata.name ?? '';
  return [
    ...(metadata.annotations?.[roundTripAnnotation] === undefined
      ? []
      : [forbiddenField(at.child('metadata', 'annotations'), `annotation '${roundTripAnnotation}' is forbidden`)]),
    ...validateSpec(name, spec, at.child('spec')),
    ...validateFixed(name, spec, at.child('spec')),
    ...validateConditions(status?.conditions ?? [], at.child('status', 'conditions')),
  ];
}

function validateFixed(name: string, spec: PriorityLevelConfigurationSpec, at: FieldPath): FieldError[] {
  const fixed = mandatoryPriorityLevelSpecs[name];
  if (!fixed) return [];
  const adjustable = name === 'exempt';
  if (deepEqual(adjustable ? { ...spec, exempt: fixed.exempt } : spec, fixed)) return [];
  const except = adjustable ? " except the 'spec.exempt' field" : '';
  return [invalid(at, priorityLevelAsQuoted(spec), `spec of '${name}'${except} must equal the fixed value`)];
}

function validateSpec(name: string, spec: PriorityLevelConfigurationSpec, at: FieldPath): FieldError[] {
  const { type, limited, exempt } = spec;
  return [
    ...((name === 'exempt') === (type === 'Exempt')
      ? []
      : [invalid(at.child('type'), type, "must be 'Exempt' if and only if `name` is 'exempt'")]),
    ...requiredOneOf(type, ['Exempt', 'Limited'], at.child('type')),
    ...(type === 'Exempt'
      ? [
          ...(limited ? [forbiddenField(at.child('limited'), 'must be nil if the type is not Limited')] : []),
          ...(exempt ? validateShares(exempt, at.child('exempt')) : []),
        ]
      : []),
    ...(type === 'Limited'
      ? [
          ...(exempt ? [forbiddenField(at.child('exempt'), 'must be nil if the type is Limited')] : []),
          ...(limited
            ? validateLimited(limited, at.child('limited'))
            : [required(at.child('limited'), 'must not be empty when type is Limited')]),
        ]
      : []),
  ];
}

const validateConcurrencyShares = (shares: number | undefined, at: FieldPath): FieldError[] =>
  shares !== undefined && shares < 0
    ? [invalid(at.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer')]
    : [];

const validateLendable = (percent: number | undefined, at: FieldPath): FieldError[] =>
  percent !== undefined && (percent < 0 || percent > 100)
    ? [invalid(at.child('lendablePercent'), percent, 'must be between 0 and 100, inclusive')]
    : [];

const validateShares = (
  { nominalConcurrencyShares, lendablePercent }: ExemptPriorityLevelConfiguration,
  at: FieldPath,
): FieldError[] => [
  ...validateConcurrencyShares(nominalConcurrencyShares, at),
  ...validateLendable(lendablePercent, at),
];

function validateLimited(limited: LimitedPriorityLevelConfiguration, at: FieldPath): FieldError[] {
  const { nominalConcurrencyShares, limitResponse = { type: '' }, lendablePercent, borrowingLimitPercent } = limited;
  return [
    ...validateConcurrencyShares(nominalConcurrencyShares, at),
    ...validateLimitResponse(limitResponse, at.child('limitResponse')),
    ...validateLendable(lendablePercent, at),
    ...((borrowingLimitPercent ?? 0) < 0
      ? [
          invalid(
            at.child('borrowingLimitPercent'),
            borrowingLimitPercent,
            'if specified, must be a non-negative integer',
          ),
        ]
      : []),
  ];
}

function validateLimitResponse({ type, queuing }: LimitResponse, at: FieldPath): FieldError[] {
  const queuingAt = at.child('queuing');
  if (type === 'Reject')
    return queuing ? [forbiddenField(queuingAt, 'must be nil if limited.limitResponse.type is not Limited')] : [];
  if (type === 'Queue')
    return queuing
      ? validateQueuing(queuing, queuingAt)
      : [required(queuingAt, 'must not be empty if limited.limitResponse.type is Limited')];
  return requiredOneOf(type, ['Queue', 'Reject'], at.child('type'));
}

function validateQueuing(
  { queues = 0, handSize = 0, queueLengthLimit = 0 }: QueuingConfiguration,
  at: FieldPath,
): FieldError[] {
  const queuesAt = at.child('queues');
  return [
    ...(queueLengthLimit <= 0 ? [invalid(at.child('queueLengthLimit'), queueLengthLimit, 'must be positive')] : []),
    ...(queues <= 0
      ? [invalid(queuesAt, queues, 'must be positive')]
      : queues > mostQueues
        ? [invalid(queuesAt, queues, `must not be greater than ${mostQueues}`)]
        : []),
    ...handProblem(queues, handSize).map((text) => invalid(at.child('handSize'), handSize, text)),
  ];
}

function handProblem(queues: number, handSize: number): string[] {
  if (handSize <= 0) return ['must be positive'];
  if (handSize > queues) return [`should not be greater than queues (${queues})`];
  return Math.ceil(Math.log2(queues) * handSize) > hashBits
    ? [`required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${hashBits}`]
    : [];
}
