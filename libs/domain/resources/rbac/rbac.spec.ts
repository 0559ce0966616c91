import type { FieldError } from '../../api/field-error.js';
import { FieldPath } from '../../api/field-path.js';
import { clusterRole } from './cluster-role/cluster-role.resource.js';
import { validateRoleRef, validateSameRole, validateSubject } from './rbac.validation.js';

const at = FieldPath.root;
const context = { now: new Date(0), newUid: () => 'u' };
const group = 'rbac.authorization.k8s.io';
const texts = (errors: FieldError[] | undefined): string[] =>
  (errors ?? []).map(({ field, message }) => `${field}: ${message}`);

const subjectKinds = 'supported values: "ServiceAccount", "User", "Group"';
test.each<[string, Parameters<typeof validateSubject>[0], string[]]>([
  ['a user', { kind: 'User', name: 'x', apiGroup: group }, []],
  ['a service account without namespace', { kind: 'ServiceAccount', name: 'x' }, ['namespace: Required value']],
  ['an unknown kind', { kind: 'Odd', name: 'x' }, [`kind: Unsupported value: "Odd": ${subjectKinds}`]],
  [
    'a user of no group',
    { kind: 'User', name: 'x', apiGroup: 'y' },
    [`apiGroup: Unsupported value: "y": supported values: "${group}"`],
  ],
])('a subject: %s', (_, subject, expected) => expect(texts(validateSubject(subject, false, at))).toEqual(expected));

test.each<[string, Parameters<typeof validateRoleRef>[0], string[]]>([
  ['a role', { apiGroup: group, kind: 'Role', name: 'x' }, []],
  [
    'an unknown kind',
    { apiGroup: group, kind: 'Odd', name: 'x' },
    ['kind: Unsupported value: "Odd": supported values: "Role", "ClusterRole"'],
  ],
  ['no name', { apiGroup: group, kind: 'Role', name: '' }, ['name: Required value']],
])('what a binding grants: %s', (_, ref, expected) =>
  expect(texts(validateRoleRef(ref, ['Role', 'ClusterRole'], at))).toEqual(expected),
);

test('what a binding grants does not change', () => {
  const view = { apiGroup: group, kind: 'ClusterRole', name: 'view' };
  expect(validateSameRole({ ...view }, view, at.child('roleRef'))).toEqual([]);
  expect(texts(validateSameRole({ ...view, name: 'edit' }, view, at.child('roleRef')))).toEqual([
    `roleRef: Invalid value: {"APIGroup":"${group}","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef`,
  ]);
});

test('a selector of a ClusterRole that is wrong is refused as a whole too', () => {
  const bad = { matchExpressions: [{ key: 'a', operator: 'In' }] };
  const role = { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: {}, rules: [] };
  const errors = clusterRole.validate?.({ ...role, aggregationRule: { clusterRoleSelectors: [bad] } }, at, context);
  expect(texts(errors)).toContain(
    'aggregationRule.clusterRoleSelectors[0]: Invalid value: null: invalid label selector.',
  );
});
