import { invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  ResourceQuota,
  ResourceQuotaSpec,
  ScopedResourceSelectorRequirement,
} from '../../../api/generated/types.js';
import { isQualifiedName } from '../../../api/names.js';
import { fieldIsImmutable, inFormat } from '../../rules.js';
import { validateResourceQuantity } from '../pod-spec/resources.validation.js';

const pods = ['pods'];
const compute = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const claims = ['persistentvolumeclaims', 'requests.storage'];
const standard = [
  ...pods,
  ...compute,
  ...claims,
  'ephemeral-storage',
  'requests.ephemeral-storage',
  'limits.ephemeral-storage',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
];
const isStandard = (name: string): boolean => standard.includes(name) || /^(requests\.)?hugepages-/.test(name);

/** What a scope can be counted of. */
const countable: Readonly<Record<string, readonly string[] | undefined>> = {
  Terminating: [...pods, ...compute],
  NotTerminating: [...pods, ...compute],
  NotBestEffort: [...pods, ...compute],
  PriorityClass: [...pods, ...compute],
  CrossNamespacePodAffinity: [...pods, ...compute],
  BestEffort: pods,
  VolumeAttributesClass: claims,
};
const conflicts = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
/** A pod has these or has them not: there are no values. */
const withoutValues = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];

function validateAmounts(amounts: Readonly<Record<string, string>> = {}, at: FieldPath): FieldError[] {
  return Object.entries(amounts).flatMap(([name, text]) => {
    const path = at.key(name);
    const format = inFormat(isQualifiedName, name, path);
    return [
      ...format,
      ...(format.length > 0 || name.includes('/') || isStandard(name)
        ? []
        : [invalid(path, name, 'must be a standard resource for quota')]),
      ...validateResourceQuantity(name, text, path),
    ];
  });
}

/** Counted resources to which a scope does not apply. */
const beyond = (scope: string, { hard = {} }: ResourceQuotaSpec): readonly string[] =>
  Object.keys(hard).filter((name) => isStandard(name) && countable[scope]?.includes(name) === false);

const conflicting = (scopes: readonly string[]): boolean =>
  conflicts.some(([one, other]) => scopes.includes(one) && scopes.includes(other));

function validateScopes(spec: ResourceQuotaSpec, at: FieldPath): FieldError[] {
  const { scopes = [] } = spec;
  return [
    ...scopes.flatMap((scope) => [
      ...(countable[scope] ? [] : [invalid(at, scopes, 'unsupported scope')]),
      ...beyond(scope, spec).map(() => invalid(at, scopes, 'unsupported scope applied to resource')),
    ]),
    ...(conflicting(scopes) ? [invalid(at, scopes, 'conflicting scopes')] : []),
  ];
}

function validateOperator(
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement,
  at: FieldPath,
): FieldError[] {
  const isKnown = ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator);
  const wantsValues = operator === 'In' || operator === 'NotIn';
  return [
    ...(withoutValues.includes(scopeName) && operator !== 'Exists'
      ? [
          invalid(
            at.child('operator'),
            operator,
            "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
          ),
        ]
      : []),
    ...(isKnown ? [] : [invalid(at.child('operator'), operator, 'not a valid selector operator')]),
    ...(wantsValues && values.length === 0
      ? [
          required(
            at.child('values'),
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
          ),
        ]
      : []),
    ...(isKnown && !wantsValues && values.length > 0
      ? [
          invalid(
            at.child('values'),
            values,
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
          ),
        ]
      : []),
  ];
}

function validateSelector(spec: ResourceQuotaSpec, at: FieldPath): FieldError[] {
  const requirements = spec.scopeSelector?.matchExpressions ?? [];
  return [
    ...requirements.flatMap((requirement) => [
      ...(countable[requirement.scopeName]
        ? []
        : [invalid(at.child('scopeName'), requirement.scopeName, 'unsupported scope')]),
      ...beyond(requirement.scopeName, spec).map(() =>
        invalid(at, spec.scopeSelector, 'unsupported scope applied to resource'),
      ),
      ...validateOperator(requirement, at),
    ]),
    ...(conflicting(requirements.map(({ scopeName }) => scopeName))
      ? [invalid(at, spec.scopes ?? null, 'conflicting scopes')]
      : []),
  ];
}

/** Rules of the API reference for ResourceQuota. Pure; reports every violation, each with its field path. */
export function validateResourceQuota({ spec = {} }: ResourceQuota, root: FieldPath): FieldError[] {
  const at = root.child('spec');
  return [
    ...validateAmounts(spec.hard, at.child('hard')),
    ...validateScopes(spec, at.child('scopes')),
    ...validateSelector(spec, at.child('scopeSelector', 'matchExpressions')),
  ];
}

export function validateResourceQuotaUpdate(next: ResourceQuota, current: ResourceQuota, at: FieldPath): FieldError[] {
  const scopes = ({ spec }: ResourceQuota): string => [...new Set(spec?.scopes)].sort().join();
  return scopes(next) === scopes(current)
    ? []
    : [invalid(at.child('spec', 'scopes'), next.spec?.scopes ?? null, fieldIsImmutable)];
}

export const validateResourceQuotaStatus = (
  { status }: ResourceQuota,
  _current: ResourceQuota,
  at: FieldPath,
): FieldError[] => [
  ...validateAmounts(status?.hard, at.child('status', 'hard')),
  ...validateAmounts(status?.used, at.child('status', 'used')),
];
