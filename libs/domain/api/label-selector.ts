import { invalid, notSupported, required, type FieldError } from './field-error.js';
import { FieldPath } from './field-path.js';
import { isQualifiedName, isLabelValue } from './names.js';
import { badRequest } from './status-error.js';

export type Labels = Readonly<Record<string, string>>;

/** `=` and `==` mean the same; both are kept so that a selector prints as it was written. */
export type SelectorOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

/** All requirements must hold; none selects everything. `nothing` selects no object at all (an absent LabelSelector). */
export interface LabelMatcher {
  readonly requirements: readonly LabelRequirement[];
  readonly nothing?: boolean;
}

/** metav1.LabelSelector as objects carry it. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export const everything: LabelMatcher = { requirements: [] };
export const nothingMatches: LabelMatcher = { requirements: [], nothing: true };

const none: Labels = {};

/** Whether an object with these labels is selected. Pure; allocates nothing. */
export function matchesLabels(matcher: LabelMatcher, labels: Labels = none): boolean {
  if (matcher.nothing === true) return false;
  for (const requirement of matcher.requirements) if (!meets(requirement, labels)) return false;
  return true;
}

type Holds = (value: string | undefined, values: readonly string[]) => boolean;

const isOneOf: Holds = (value, values) => value !== undefined && values.includes(value);
const isNoneOf: Holds = (value, values) => value === undefined || !values.includes(value);

const holds: Record<SelectorOperator, Holds> = {
  '=': isOneOf,
  '==': isOneOf,
  in: isOneOf,
  '!=': isNoneOf,
  notin: isNoneOf,
  exists: (value) => value !== undefined,
  '!': (value) => value === undefined,
  gt: (value, [bound = '']) => isInteger(value) && isInteger(bound) && BigInt(value) > BigInt(bound),
  lt: (value, [bound = '']) => isInteger(value) && isInteger(bound) && BigInt(value) < BigInt(bound),
};

/** Whether one requirement holds. An absent key satisfies the negative operators only. */
export const meets = ({ key, operator, values }: LabelRequirement, labels: Labels): boolean =>
  holds[operator](Object.hasOwn(labels, key) ? labels[key] : undefined, values);

const isInteger = (text: string | undefined): text is string => text !== undefined && /^[+-]?[0-9]{1,19}$/.test(text);

/** Text of a matcher as the query parameter takes it; sorted, so that equal matchers print alike. */
export const printLabelMatcher = ({ requirements }: LabelMatcher): string =>
  sorted(requirements).map(printRequirement).join(',');

function printRequirement({ key, operator, values }: LabelRequirement): string {
  const list = [...values].sort().join(',');
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`;
    case 'gt':
      return `${key}>${list}`;
    case 'lt':
      return `${key}<${list}`;
    default:
      return `${key}${operator}${list}`;
  }
}

const sorted = (requirements: readonly LabelRequirement[]): LabelRequirement[] =>
  [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

/** A matcher for exactly these labels (Service.spec.selector, nodeSelector); no labels match everything. */
export const labelsMatcher = (labels: Labels = none): LabelMatcher => ({
  requirements: Object.entries(labels).map(([key, value]) => ({ key, operator: '=', values: [value] })),
});

const operatorOf: Record<string, SelectorOperator> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

/** The matcher of a valid LabelSelector object (or node selector term's matchExpressions): absent selects nothing, empty everything. */
export function labelMatcher(selector: LabelSelector | undefined | null): LabelMatcher {
  if (selector === undefined || selector === null) return nothingMatches;
  return {
    requirements: [
      ...labelsMatcher(selector.matchLabels).requirements,
      ...(selector.matchExpressions ?? []).map(({ key, operator, values = [] }) =>
        requirementOf(key, operator, values),
      ),
    ],
  };
}

/** One expression of the API (`In`, `Gt`, …) as a requirement; an unknown operator never holds. */
export const requirementOf = (key: string, operator: string, values: readonly string[]): LabelRequirement => {
  const known = operatorOf[operator];
  return known === undefined ? { key, operator: 'in', values: [] } : { key, operator: known, values };
};

const selectorOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Rules of metav1.LabelSelector. Pure; every violation with its path. */
export function validateLabelSelector(selector: LabelSelector | undefined, at: FieldPath): FieldError[] {
  return [
    ...Object.entries(selector?.matchLabels ?? {}).flatMap(([key, value]) => [
      ...isQualifiedName(key).map((text) => invalid(at.child('matchLabels'), key, text)),
      ...isLabelValue(value).map((text) => invalid(at.child('matchLabels'), value, text)),
    ]),
    ...(selector?.matchExpressions ?? []).flatMap((expression, i) =>
      validateExpression(expression, at.child('matchExpressions').index(i)),
    ),
  ];
}

function validateExpression(
  { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
  at: FieldPath,
): FieldError[] {
  return [
    ...validateOperator(operator, values, at),
    ...isQualifiedName(key).map((text) => invalid(at.child('key'), key, text)),
    ...values.flatMap((value, i) =>
      isLabelValue(value).map((text) => invalid(at.child('values').index(i), value, text)),
    ),
  ];
}

function validateOperator(operator: string, values: readonly string[], at: FieldPath): FieldError[] {
  if (!selectorOperators.includes(operator))
    return [invalid(at.child('operator'), operator, 'not a valid selector operator')];
  const listed = operator === 'In' || operator === 'NotIn';
  if (listed && values.length === 0)
    return [required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'")];
  if (!listed && values.length > 0)
    return [
      {
        reason: 'FieldValueForbidden',
        field: at.child('values').toString(),
        message: "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      },
    ];
  return [];
}

/** Rules of one parsed requirement, as `?labelSelector=` is held to them. */
export function validateRequirement({ key, operator, values }: LabelRequirement): FieldError[] {
  const root = FieldPath.root;
  const at = root.child('values');
  return [
    ...isQualifiedName(key).map((text) => invalid(root.child('key'), key, text)),
    ...(operator === 'gt' || operator === 'lt'
      ? values.flatMap((value, i) =>
          isInteger(value)
            ? []
            : [invalid(at.index(i), value, "for 'Gt', 'Lt' operators, the value must be an integer")],
        )
      : []),
    ...(operator in holds ? [] : [notSupported(root.child('operator'), operator, Object.keys(holds))]),
    ...values.flatMap((value, i) => isLabelValue(value).map((text) => invalid(at.index(i).key(key), value, text))),
  ];
}

/** @throws StatusError BadRequest with the text that clients know. */
export function assertRequirement(requirement: LabelRequirement): LabelRequirement {
  const errors = validateRequirement(requirement).map(({ field, message }) => `${field}: ${message}`);
  if (errors.length === 0) return requirement;
  throw badRequest(`unable to parse requirement: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}`);
}
