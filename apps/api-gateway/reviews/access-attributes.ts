import { FieldPath, invalid, required, type FieldError, type KubeObject, type UserInfo } from '@shiplog/domain';
import { fieldEqualities } from '../authorization/attributes.js';
import type { AuthorizationAttributes, FieldRequirement } from '../authorization/authorizer.js';

interface SelectorAttributes {
  readonly rawSelector?: string;
  readonly requirements?: readonly { key: string; operator: string; values?: readonly string[] }[];
}
interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly fieldSelector?: SelectorAttributes;
  readonly labelSelector?: SelectorAttributes;
}

/** What all three access reviews ask; the self-review leaves out the user. */
export interface AccessReview extends KubeObject {
  spec: {
    resourceAttributes?: ResourceAttributes | null;
    nonResourceAttributes?: { path?: string; verb?: string } | null;
    user?: string;
    uid?: string;
    groups?: string[];
    extra?: Record<string, string[]>;
  };
}

const spec = FieldPath.of('spec');

/** Rules of the request. `local`: the review is about the namespace that it is in. Pure. */
export function accessReviewErrors(
  review: AccessReview,
  { self, local }: { self: boolean; local: boolean },
): FieldError[] {
  const { resourceAttributes, nonResourceAttributes, user, groups } = review.spec;
  const exactlyOne = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [
    ...(resourceAttributes && nonResourceAttributes
      ? [
          invalid(
            spec.child('nonResourceAttributes'),
            asClientsSeeIt(nonResourceAttributes),
            'cannot be specified in combination with resourceAttributes',
          ),
        ]
      : []),
    ...(resourceAttributes || nonResourceAttributes
      ? []
      : [invalid(spec.child('resourceAttributes'), null, exactlyOne)]),
    ...(self || user || groups?.length
      ? []
      : [invalid(spec.child('user'), user ?? '', 'at least one of user or group must be specified')]),
    ...selectors.flatMap((which) => selectorErrors(resourceAttributes?.[which], which)),
    ...metadataErrors(review, local),
    ...(local ? localErrors(review) : []),
  ];
}

const selectors = ['fieldSelector', 'labelSelector'] as const;

/** The API prints this value by the names of its Go fields. */
const asClientsSeeIt = ({ path = '', verb = '' }: { path?: string; verb?: string }): object => ({
  Path: path,
  Verb: verb,
});

function selectorErrors(selector: SelectorAttributes | undefined, which: (typeof selectors)[number]): FieldError[] {
  if (selector === undefined) return [];
  const at = FieldPath.of('spec', 'resourceAttributes', which);
  const { rawSelector = '', requirements = [] } = selector;
  if (rawSelector !== '' && requirements.length > 0)
    return [invalid(at.child('rawSelector'), rawSelector, 'may not specified at the same time as requirements')];
  return rawSelector === '' && requirements.length === 0
    ? [required(at.child('requirements'), `when ${at} is specified, requirements or rawSelector is required`)]
    : [];
}

const knownOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Requirements of a kind that is not known here grant nothing, but do not spoil the question. */
export function ignoredSelectors({ spec: { resourceAttributes } }: AccessReview): string | undefined {
  const ignored = selectors.filter((which) =>
    resourceAttributes?.[which]?.requirements?.some(({ operator }) => !knownOperators.includes(operator)),
  );
  const texts = ignored.map((which) => `spec.resourceAttributes.${which} ignored due to parse error`);
  return texts.length === 0 ? undefined : texts.join(', ');
}

function metadataErrors({ metadata }: AccessReview, local: boolean): FieldError[] {
  const { managedFields: _managed, namespace, ...rest } = metadata;
  const unwanted = Object.keys(local ? rest : { ...rest, ...(namespace ? { namespace } : {}) });
  const rule = local ? 'must be empty except for namespace' : 'must be empty';
  return unwanted.length > 0 ? [invalid(FieldPath.of('metadata'), metadata, rule)] : [];
}

function localErrors({ metadata, spec: { resourceAttributes, nonResourceAttributes } }: AccessReview): FieldError[] {
  const asked = resourceAttributes?.namespace ?? '';
  return [
    ...(resourceAttributes && asked !== metadata.namespace
      ? [invalid(spec.child('resourceAttributes', 'namespace'), asked, 'must match metadata.namespace')]
      : []),
    ...(nonResourceAttributes
      ? [
          invalid(
            spec.child('nonResourceAttributes'),
            asClientsSeeIt(nonResourceAttributes),
            'disallowed on this kind of request',
          ),
        ]
      : []),
  ];
}

/** The user that a review asks about. Keys of `extra` are lower-case, as authentication makes them. */
export const reviewedUser = ({ spec: { user = '', uid, groups = [], extra = {} } }: AccessReview): UserInfo => ({
  name: user,
  ...(uid ? { uid } : {}),
  groups,
  extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key.toLowerCase(), values])),
});

const anything = { namespace: '', verb: '', group: '', version: '', resource: '', subresource: '', name: '' };

/** The question behind a valid review. Pure. */
export function askedAttributes(user: UserInfo, { spec }: AccessReview): AuthorizationAttributes {
  if (!spec.resourceAttributes) {
    const { path = '', verb = '' } = spec.nonResourceAttributes ?? {};
    return { ...anything, user, isResource: false, verb, path };
  }
  const { fieldSelector, labelSelector: _labels, ...about } = spec.resourceAttributes;
  const fields = pinnedFields(fieldSelector);
  const selected = fields.length > 0 ? { fieldSelector: fields } : {};
  return { ...anything, ...about, user, isResource: true, path: '', ...selected };
}

const pinnedFields = ({ rawSelector = '', requirements = [] }: SelectorAttributes = {}): FieldRequirement[] => [
  ...fieldEqualities(rawSelector),
  ...requirements.flatMap(({ key, operator, values = [] }) =>
    operator === 'In' && values.length === 1 ? [{ field: key, value: values[0] ?? '' }] : [],
  ),
];
