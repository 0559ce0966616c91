import { all, each } from '../../../api/findings.js';
import {
  duplicate,
  forbiddenField,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  Affinity,
  LabelSelector,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  TopologySpreadConstraint,
  WeightedPodAffinityTerm,
} from '../../../api/generated/types.js';
import { isDnsLabel, isDnsSubdomain, isLabelValue, isQualifiedName } from '../../../api/names.js';
import { validateLabelSelector } from '../../../api/label-selector.js';
import { inFormat, oneOf, positive } from '../../rules.js';

function requirementOperator({ operator, values = [] }: NodeSelectorRequirement, at: FieldPath): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [forbiddenField(at.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    case 'Gt':
    case 'Lt':
      return values.length === 1
        ? []
        : [required(at.child('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'")];
    default:
      return [invalid(at.child('operator'), operator, 'not a valid selector operator')];
  }
}

function validateExpression(requirement: NodeSelectorRequirement, checkValues: boolean, at: FieldPath): FieldError[] {
  return all(
    requirementOperator(requirement, at),
    inFormat(isQualifiedName, requirement.key, at.child('key')),
    checkValues
      ? each(requirement.values, (value, i) => inFormat(isLabelValue, value, at.child('values').index(i)))
      : [],
  );
}

/** Of a node's fields only its name can be selected by. */
function validateFieldRequirement(
  { key, operator, values = [] }: NodeSelectorRequirement,
  at: FieldPath,
): FieldError[] {
  return all(
    operator === 'In' || operator === 'NotIn'
      ? values.length === 1
        ? []
        : [
            required(
              at.child('values'),
              "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
            ),
          ]
      : [invalid(at.child('operator'), operator, 'not a valid selector operator')],
    key === 'metadata.name'
      ? each(values, (value, i) => inFormat(isDnsSubdomain, value, at.child('values').index(i)))
      : [invalid(at.child('key'), key, 'not a valid field selector key')],
  );
}

const validateTerm = (
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  checkValues: boolean,
  at: FieldPath,
): FieldError[] =>
  all(
    each(matchExpressions, (requirement, i) =>
      validateExpression(requirement, checkValues, at.child('matchExpressions').index(i)),
    ),
    each(matchFields, (requirement, i) => validateFieldRequirement(requirement, at.child('matchFields').index(i))),
  );

export function validateNodeSelector({ nodeSelectorTerms }: NodeSelector, at: FieldPath): FieldError[] {
  const path = at.child('nodeSelectorTerms');
  if (!nodeSelectorTerms?.length) return [required(path, 'must have at least one node selector term')];
  return each(nodeSelectorTerms, (term, i) => validateTerm(term, true, path.index(i)));
}

const weightRule = (weight: number, at: FieldPath): FieldError[] =>
  weight >= 1 && weight <= 100 ? [] : [invalid(at.child('weight'), weight, 'must be in the range 1-100')];

function labelKeys(
  keys: readonly string[] | undefined,
  selector: LabelSelector | undefined,
  at: FieldPath,
): FieldError[] {
  if (!keys?.length) return [];
  if (!selector) return [forbiddenField(at, 'must not be specified when labelSelector is not set')];
  return each(keys, (key, i) => inFormat(isQualifiedName, key, at.index(i)));
}

/** Keys whose value is taken from the pod's own labels: not selected twice in contradicting ways. */
function validateLabelKeys(
  {
    matchLabelKeys = [],
    mismatchLabelKeys = [],
    labelSelector,
  }: Pick<PodAffinityTerm, 'matchLabelKeys' | 'mismatchLabelKeys' | 'labelSelector'>,
  at: FieldPath,
): FieldError[] {
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  const repeated = each(labelSelector?.matchExpressions, ({ key }) => {
    const twice = seen.has(key) && matchLabelKeys.includes(key);
    seen.add(key);
    return twice
      ? [invalid(at.index(matchLabelKeys.indexOf(key)), key, 'exists in both matchLabelKeys and labelSelector')]
      : [];
  });
  return all(
    labelKeys(matchLabelKeys, labelSelector, at.child('matchLabelKeys')),
    labelKeys(mismatchLabelKeys, labelSelector, at.child('mismatchLabelKeys')),
    repeated,
    each(matchLabelKeys, (key, i) =>
      mismatchLabelKeys.includes(key)
        ? [invalid(at.child('matchLabelKeys').index(i), key, 'exists in both matchLabelKeys and mismatchLabelKeys')]
        : [],
    ),
  );
}

function validatePodTerm(term: PodAffinityTerm, at: FieldPath): FieldError[] {
  return all(
    validateLabelSelector(term.labelSelector, at.child('labelSelector')),
    validateLabelSelector(term.namespaceSelector, at.child('namespaceSelector')),
    each(term.namespaces, (name) => inFormat(isDnsLabel, name, at.child('namespace'))),
    validateLabelKeys(term, at),
    term.topologyKey ? [] : [required(at.child('topologyKey'), 'can not be empty')],
    inFormat(isQualifiedName, term.topologyKey ?? '', at.child('topologyKey')),
  );
}

interface PodTerms {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: WeightedPodAffinityTerm[];
}

const validatePodTerms = (terms: PodTerms | undefined, at: FieldPath): FieldError[] =>
  all(
    each(terms?.requiredDuringSchedulingIgnoredDuringExecution, (term, i) =>
      validatePodTerm(term, at.child('requiredDuringSchedulingIgnoredDuringExecution').index(i)),
    ),
    each(terms?.preferredDuringSchedulingIgnoredDuringExecution, ({ weight, podAffinityTerm }, i) => {
      const path = at.child('preferredDuringSchedulingIgnoredDuringExecution').index(i);
      return all(weightRule(weight, path), validatePodTerm(podAffinityTerm, path.child('podAffinityTerm')));
    }),
  );

export function validateAffinity(
  { nodeAffinity, podAffinity, podAntiAffinity }: Affinity,
  at: FieldPath,
): FieldError[] {
  const path = at.child('nodeAffinity');
  const needed = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return all(
    needed ? validateNodeSelector(needed, path.child('requiredDuringSchedulingIgnoredDuringExecution')) : [],
    each(nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution, ({ weight, preference }, i) => {
      const term = path.child('preferredDuringSchedulingIgnoredDuringExecution').index(i);
      return all(weightRule(weight, term), validateTerm(preference, false, term.child('preference')));
    }),
    validatePodTerms(podAffinity, at.child('podAffinity')),
    validatePodTerms(podAntiAffinity, at.child('podAntiAffinity')),
  );
}

export const validateTopologySpread = (constraints: readonly TopologySpreadConstraint[], at: FieldPath): FieldError[] =>
  each(constraints, (constraint, i) => {
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint;
    const path = at.index(i);
    const again = constraints
      .slice(i + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    return all(
      positive(maxSkew, path.child('maxSkew')),
      topologyKey ? [] : [required(path.child('topologyKey'), 'can not be empty')],
      ['DoNotSchedule', 'ScheduleAnyway'].includes(whenUnsatisfiable)
        ? []
        : [notSupported(path.child('whenUnsatisfiable'), whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'])],
      again
        ? [duplicate(path.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`)]
        : [],
      positive(minDomains, path.child('minDomains')),
      minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule'
        ? [
            invalid(
              path.child('minDomains'),
              minDomains,
              `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
            ),
          ]
        : [],
      oneOf(constraint.nodeAffinityPolicy, ['Honor', 'Ignore'], path.child('nodeAffinityPolicy')),
      oneOf(constraint.nodeTaintsPolicy, ['Honor', 'Ignore'], path.child('nodeTaintsPolicy')),
      validateLabelKeys(constraint, path),
      validateLabelSelector(constraint.labelSelector, path.child('labelSelector')),
    );
  });
