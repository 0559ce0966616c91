import { deepEqual } from '../../api/deep-equal.js';
import { invalid, notSupported, notSupportedInOrder, required, type FieldError } from '../../api/field-error.js';
import type { FieldPath } from '../../api/field-path.js';
import type { PolicyRule, RoleRef, Subject } from '../../api/generated/types.js';
import { isDnsSubdomain, isPathSegmentName } from '../../api/names.js';
import { inFormat, oneOf } from '../rules.js';

export const rbacGroup = 'rbac.authorization.k8s.io';

/** A rule grants either verbs on resources of API groups or, cluster-wide only, verbs on URLs that are no resources. */
export function validatePolicyRule(rule: PolicyRule, namespaced: boolean, at: FieldPath): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const noVerbs = verbs.length === 0 ? [required(at.child('verbs'), 'verbs must contain at least one value')] : [];
  if (nonResourceURLs.length > 0) {
    const path = at.child('nonResourceURLs');
    return [
      ...noVerbs,
      ...(namespaced ? [invalid(path, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')] : []),
      ...(apiGroups.length + resources.length + resourceNames.length > 0
        ? [invalid(path, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs')]
        : []),
    ];
  }
  return [
    ...noVerbs,
    ...(apiGroups.length === 0
      ? [required(at.child('apiGroups'), 'resource rules must supply at least one api group')]
      : []),
    ...(resources.length === 0
      ? [required(at.child('resources'), 'resource rules must supply at least one resource')]
      : []),
  ];
}

export function validateRoleRef(
  { apiGroup, kind, name }: RoleRef,
  kinds: readonly string[],
  at: FieldPath,
): FieldError[] {
  return [
    ...oneOf(apiGroup, [rbacGroup], at.child('apiGroup')),
    ...(kinds.includes(kind) ? [] : [notSupportedInOrder(at.child('kind'), kind, kinds)]),
    ...(name ? inFormat(isPathSegmentName, name, at.child('name')) : [required(at.child('name'))]),
  ];
}

/** What a binding grants never changes: whoever may only edit its subjects could else grant what they do not have. */
export const validateSameRole = (next: RoleRef, current: RoleRef, at: FieldPath): FieldError[] =>
  deepEqual(next, current)
    ? []
    : [invalid(at, { APIGroup: next.apiGroup, Kind: next.kind, Name: next.name }, 'cannot change roleRef')];

export function validateSubject(
  { kind, name, namespace, apiGroup = '' }: Subject,
  namespaced: boolean,
  at: FieldPath,
): FieldError[] {
  const nameless = name ? [] : [required(at.child('name'))];
  if (kind === 'ServiceAccount') {
    return [
      ...nameless,
      ...(name ? inFormat(isDnsSubdomain, name, at.child('name')) : []),
      ...(apiGroup === '' ? [] : [notSupported(at.child('apiGroup'), apiGroup, [''])]),
      ...(namespaced || namespace ? [] : [required(at.child('namespace'))]),
    ];
  }
  if (kind === 'User' || kind === 'Group') return [...nameless, ...oneOf(apiGroup, [rbacGroup], at.child('apiGroup'))];
  return [...nameless, notSupportedInOrder(at.child('kind'), kind, ['ServiceAccount', 'User', 'Group'])];
}
