import { bootstrapPolicy, clusterRoleRules, parseRule } from './bootstrap-policy.js';
import { reconcileBootstrapPolicy, reconciled, type PolicyStore } from './reconcile-policy.js';

test.each([
  ['get,list pods,pods/log core', { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }],
  ['* *', { nonResourceURLs: ['*'], verbs: ['*'] }],
  ['get /healthz,/livez', { nonResourceURLs: ['/healthz', '/livez'], verbs: ['get'] }],
  ['* * *', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  [
    'get configmaps core a,b',
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a', 'b'], verbs: ['get'] },
  ],
])('reads the rule %s', (line, rule) => expect(parseRule(line)).toEqual(rule));

test('has every default role and binding of v1.36', () => {
  const counts = Map.groupBy(bootstrapPolicy(), ({ kind }) => kind);
  expect(Object.fromEntries([...counts].map(([kind, objects]) => [kind, objects.length]))).toEqual({
    ClusterRole: 69,
    ClusterRoleBinding: 50,
    Role: 7,
    RoleBinding: 7,
  });
});

test('an aggregated role holds what the roles it selects hold', () => {
  expect(clusterRoleRules('edit')).toEqual(expect.arrayContaining(clusterRoleRules('system:aggregate-to-view')));
  expect(clusterRoleRules('admin')).toEqual(expect.arrayContaining(clusterRoleRules('system:aggregate-to-edit')));
});

const find = (kind: string, name: string) =>
  structuredClone(bootstrapPolicy().find((object) => object.kind === kind && object.metadata.name === name)!);

test.each([
  ['leaves alone what is complete', () => find('ClusterRole', 'system:basic-user'), undefined],
  [
    'leaves alone what opted out',
    () => ({
      ...find('ClusterRole', 'system:basic-user'),
      metadata: { annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } },
      rules: [],
    }),
    undefined,
  ],
  [
    'adds missing rules and keeps added ones',
    () => ({ ...find('ClusterRole', 'system:basic-user'), rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }),
    expect.objectContaining({
      rules: expect.arrayContaining([
        { verbs: ['get'], nonResourceURLs: ['/x'] },
        { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'] },
      ]),
    }),
  ],
])('%s', (_, current, expected) =>
  expect(reconciled(current(), find('ClusterRole', 'system:basic-user'))).toEqual(expected),
);

test('a binding to another role is made anew', () => {
  const wanted = find('ClusterRoleBinding', 'system:basic-user');
  expect(reconciled({ ...wanted, roleRef: { kind: 'ClusterRole', name: 'other' } }, wanted)).toBe('recreate');
});

test('reconciling twice writes once', async () => {
  const objects = new Map<string, unknown>();
  let writes = 0;
  const put = (plural: string, object: { metadata: { namespace?: string; name?: string } }) => {
    writes += 1;
    objects.set(`${plural}/${object.metadata.namespace ?? ''}/${object.metadata.name}`, object);
    return Promise.resolve();
  };
  const store: PolicyStore = {
    get: (plural, namespace, name) => Promise.resolve(objects.get(`${plural}/${namespace}/${name}`) as never),
    create: put,
    update: put,
    delete: () => Promise.reject(new Error('nothing to delete')),
  };
  await reconcileBootstrapPolicy(store);
  await reconcileBootstrapPolicy(store);
  expect(writes).toBe(133);
});
