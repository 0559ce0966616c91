import { accessOf } from './hollow-access.js';

const [role, binding] = accessOf({
  name: 'hollow-2',
  nodes: ['node-3', 'node-4'],
  addresses: ['127.64.0.3', '127.64.0.4'],
  firstPodCidr: '100.64.2.0/24',
  servingPort: 1,
});
const rules = 'rules' in role ? role.rules : [];

test('a process of hollow nodes may act as its own nodes only', () => {
  const impersonation = rules.filter(({ verbs }) => verbs.includes('impersonate'));
  expect(impersonation.map(({ resources, resourceNames }) => [resources, resourceNames])).toEqual([
    [['users'], ['system:node:node-3', 'system:node:node-4']],
    [['groups'], ['system:nodes']],
  ]);
});

test('in its own name it changes nothing', () => {
  const own = rules.filter(({ verbs }) => !verbs.includes('impersonate'));
  expect(new Set(own.flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list', 'watch']));
});

test('the role is its own', () =>
  expect(binding).toMatchObject({
    roleRef: { kind: 'ClusterRole', name: role.metadata.name },
    subjects: [{ kind: 'User', name: 'system:shiplog:hollow-nodes:hollow-2' }],
  }));
