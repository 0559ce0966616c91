import type { KubeObject, UserInfo } from '@shiplog/domain';
import { fieldEqualities, forbiddenRequest, resourceAttributes } from './attributes.js';
import type { AuthorizationAttributes } from './authorizer.js';
import { authorizeWith, authorizers } from './authorizers.js';
import { NodeGraph } from './node/node-graph.js';
import { escalation } from './rbac/escalation.js';
import { PolicyIndex } from './rbac/policy-index.js';
import { compactRules, describeRule, ruleAllows, uncoveredRules, type PolicyRule } from './rbac/policy-rule.js';
import { serviceAccountOf } from './rbac/subjects.js';

const jo: UserInfo = { name: 'jo', groups: ['devs', 'system:authenticated'] };
const asked = (fields: Partial<AuthorizationAttributes> = {}, user = jo): AuthorizationAttributes =>
  resourceAttributes(user, { verb: 'get', group: '', resource: 'pods', namespace: 'a', ...fields });
const rule = (fields: Partial<PolicyRule> = {}): PolicyRule => ({
  verbs: ['get'],
  apiGroups: [''],
  resources: ['pods'],
  ...fields,
});
const path = (url: string, verb = 'get'): AuthorizationAttributes => ({
  ...asked({ verb, resource: '' }),
  isResource: false,
  path: url,
});

test.each<[string, PolicyRule, AuthorizationAttributes, boolean]>([
  ['the very thing', rule(), asked(), true],
  ['another verb', rule(), asked({ verb: 'list' }), false],
  ['any verb', rule({ verbs: ['*'] }), asked({ verb: 'impersonate' }), true],
  ['another group', rule(), asked({ group: 'apps' }), false],
  ['any group', rule({ apiGroups: ['*'] }), asked({ group: 'apps' }), true],
  ['a subresource of it', rule(), asked({ subresource: 'log' }), false],
  ['that subresource', rule({ resources: ['pods/log'] }), asked({ subresource: 'log' }), true],
  ['the subresource of anything', rule({ resources: ['*/log'] }), asked({ subresource: 'log' }), true],
  ['the subresource of anything, of itself', rule({ resources: ['*/log'] }), asked(), false],
  ['everything', rule({ resources: ['*'] }), asked({ subresource: 'log' }), true],
  ['a name', rule({ resourceNames: ['x'] }), asked({ name: 'x' }), true],
  ['another name', rule({ resourceNames: ['x'] }), asked({ name: 'y' }), false],
  ['a list with names', rule({ resourceNames: ['x'] }), asked({ name: '' }), false],
  ['a path', { verbs: ['get'], nonResourceURLs: ['/healthz'] }, path('/healthz'), true],
  ['a path below', { verbs: ['get'], nonResourceURLs: ['/api/*'] }, path('/api/v1'), true],
  ['a path beside', { verbs: ['get'], nonResourceURLs: ['/api/*'] }, path('/apis'), false],
  ['any path', { verbs: ['*'], nonResourceURLs: ['*'] }, path('/x', 'post'), true],
  ['a path by a rule for resources', rule({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }), path('/x'), false],
])('a rule for %s decides', (_, one, question, allowed) => expect(ruleAllows(one, question)).toBe(allowed));

const everything = rule({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] });
test.each<[string, PolicyRule[], PolicyRule[], PolicyRule[]]>([
  ['the same', [rule()], [rule()], []],
  ['more verbs', [rule()], [rule({ verbs: ['get', 'list'] })], [rule({ verbs: ['list'] })]],
  ['two halves', [rule(), rule({ verbs: ['list'] })], [rule({ verbs: ['get', 'list'] })], []],
  ['anything, from everything', [everything], [rule({ resources: ['pods/log'] })], []],
  ['everything, from something', [rule()], [everything], [everything]],
  ['a subresource by star', [rule({ resources: ['*/log'] })], [rule({ resources: ['pods/log'] })], []],
  ['one name, from all names', [rule()], [rule({ resourceNames: ['x'] })], []],
  ['all names, from one name', [rule({ resourceNames: ['x'] })], [rule()], [rule()]],
  [
    'a path below',
    [{ verbs: ['get'], nonResourceURLs: ['/a/*'] }],
    [{ verbs: ['get'], nonResourceURLs: ['/a/b'] }],
    [],
  ],
])('granting %s leaves uncovered what is not held', (_, owned, wanted, missing) =>
  expect(uncoveredRules(owned, wanted)).toEqual(missing),
);

test('missing rights are joined by verb and printed as clients know them', () => {
  const rules = compactRules([rule(), rule({ verbs: ['list'] }), rule({ resources: ['nodes'] })]);
  expect(rules.map(describeRule)).toEqual([
    '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}',
    '{APIGroups:[""], Resources:["nodes"], Verbs:["get"]}',
  ]);
});

const object = (kind: string, name: string, namespace: string | undefined, fields: object): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  ...fields,
  metadata: { name, ...(namespace ? { namespace } : {}), ...(fields as { metadata?: object }).metadata },
});
const created = (one: KubeObject) => ({ type: 'created', object: one }) as const;
const to = (kind: string, name: string, namespace?: string) => ({ kind, name, ...(namespace ? { namespace } : {}) });
const binding = (name: string, namespace: string | undefined, role: string, ...subjects: object[]): KubeObject =>
  object(namespace ? 'RoleBinding' : 'ClusterRoleBinding', name, namespace, {
    roleRef: { kind: role.split('/')[0], name: role.split('/')[1] },
    subjects,
  });

function index(...objects: KubeObject[]): PolicyIndex {
  const policies = new PolicyIndex();
  for (const one of objects) {
    if (one.kind.endsWith('Binding')) policies.applyBinding(created(one));
    else if (one.kind === 'Role') policies.applyRole(created(one));
    else policies.applyClusterRole(created(one));
  }
  return policies;
}
const reader = object('ClusterRole', 'reader', undefined, { rules: [rule()] });

const decide = (policies: PolicyIndex, question = asked(), graph = new NodeGraph()) =>
  authorizeWith(authorizers({ policies, nodeGraph: graph, nodeRules: [rule({ resources: ['services'] })] }))(question);

test.each<[string, KubeObject[], AuthorizationAttributes, string]>([
  [
    'a user everywhere',
    [reader, binding('b', undefined, 'ClusterRole/reader', to('User', 'jo'))],
    asked(),
    'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "reader" to User "jo"',
  ],
  [
    'a group in a namespace',
    [reader, binding('b', 'a', 'ClusterRole/reader', to('Group', 'other'), to('Group', 'devs'))],
    asked(),
    'RBAC: allowed by RoleBinding "b/a" of ClusterRole "reader" to Group "devs"',
  ],
  [
    "a service account of the binding's own namespace",
    [object('Role', 'r', 'a', { rules: [rule()] }), binding('b', 'a', 'Role/r', to('ServiceAccount', 'bot'))],
    asked({}, { name: 'system:serviceaccount:a:bot', groups: [] }),
    'RBAC: allowed by RoleBinding "b/a" of Role "r" to ServiceAccount "bot/a"',
  ],
  ['a master, whatever the policies', [], asked({}, { name: 'x', groups: ['system:masters'] }), ''],
])('allows %s', async (_, objects, question, reason) =>
  expect(await decide(index(...objects), question)).toEqual({ decision: 'allow', reason }),
);

test.each<[string, KubeObject[], AuthorizationAttributes, string]>([
  ['what nobody grants', [], asked(), ''],
  [
    'what is granted in another namespace',
    [reader, binding('b', 'b', 'ClusterRole/reader', to('User', 'jo'))],
    asked(),
    '',
  ],
  [
    'all namespaces, if one is granted',
    [reader, binding('b', 'a', 'ClusterRole/reader', to('User', 'jo'))],
    asked({ namespace: '' }),
    '',
  ],
  [
    'what a missing role might have granted',
    [binding('b', 'a', 'Role/gone', to('User', 'jo'))],
    asked(),
    'RBAC: role.rbac.authorization.k8s.io "gone" not found',
  ],
])('does not allow %s', async (_, objects, question, reason) =>
  expect(await decide(index(...objects), question)).toEqual({ decision: 'no-opinion', reason }),
);

test('a changed binding grants to whom it now names, a deleted one to nobody', async () => {
  const policies = index(reader, binding('b', undefined, 'ClusterRole/reader', to('User', 'jo')));
  policies.applyBinding({ type: 'updated', object: binding('b', undefined, 'ClusterRole/reader', to('User', 'al')) });
  expect((await decide(policies)).decision).toBe('no-opinion');
  policies.applyBinding({
    type: 'updated',
    object: binding('b', undefined, 'ClusterRole/reader', to('Group', 'devs')),
  });
  expect((await decide(policies)).decision).toBe('allow');
  policies.applyBinding({
    type: 'deleted',
    object: binding('b', undefined, 'ClusterRole/reader', to('Group', 'devs')),
  });
  expect((await decide(policies)).decision).toBe('no-opinion');
});

test('an aggregated role grants what the roles it selects grant at the moment, however long the chain', async () => {
  const sum = (name: string, label: string, labels = {}) =>
    object('ClusterRole', name, undefined, {
      metadata: { labels },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'yes' } }] },
    });
  const policies = index(
    sum('all', 'x', { y: 'yes' }),
    sum('more', 'y', { x: 'yes' }),
    binding('b', undefined, 'ClusterRole/more', to('User', 'jo')),
  );
  expect((await decide(policies)).decision).toBe('no-opinion');
  policies.applyClusterRole(
    created(object('ClusterRole', 'part', undefined, { metadata: { labels: { x: 'yes' } }, rules: [rule()] })),
  );
  expect((await decide(policies)).decision).toBe('allow');
  policies.applyClusterRole({ type: 'deleted', object: object('ClusterRole', 'part', undefined, {}) });
  expect((await decide(policies)).decision).toBe('no-opinion');
});

test('who grants more than they hold is told what is missing', () => {
  const policies = index(reader, binding('b', 'a', 'ClusterRole/reader', to('User', 'jo')));
  expect(escalation(policies, jo, 'a', [rule()])).toBeUndefined();
  expect(escalation(policies, jo, 'b', [rule()])).toBe(
    'user "jo" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["get"]}',
  );
});

const n1: UserInfo = { name: 'system:node:n1', groups: ['system:nodes'] };
const pod = (name: string, nodeName: string, spec = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'a', uid: name },
  spec: { nodeName, serviceAccountName: 'bot', ...spec },
});
const used = {
  imagePullSecrets: [{ name: 'pull' }],
  volumes: [
    { name: 'v', secret: { secretName: 'vol' } },
    { name: 'p', projected: { sources: [{ configMap: { name: 'proj' } }, { secret: { name: 'proj-secret' } }] } },
    { name: 'c', persistentVolumeClaim: { claimName: 'claim' } },
    { name: 'e', ephemeral: {} },
  ],
  containers: [{ name: 'secretName', env: [{ name: 'secret', valueFrom: { configMapKeyRef: { name: 'env' } } }] }],
  initContainers: [{ envFrom: [{ secretRef: { name: 'from' } }] }],
};
function graph(): NodeGraph {
  const nodes = new NodeGraph();
  nodes.applyPod(created(pod('mine', 'n1', used)));
  nodes.applyPod(created(pod('other', 'n2', { volumes: [{ secret: { secretName: 'theirs' } }] })));
  return nodes;
}

const of = (resource: string, name: string, fields: Partial<AuthorizationAttributes> = {}) =>
  asked({ resource, name, ...fields }, n1);

test.each<[string, AuthorizationAttributes]>([
  ...['pull', 'vol', 'proj-secret', 'from'].map((name): [string, AuthorizationAttributes] => [
    `the secret ${name}`,
    of('secrets', name),
  ]),
  ...['proj', 'env'].map((name): [string, AuthorizationAttributes] => [
    `the ConfigMap ${name}`,
    of('configmaps', name, { verb: 'watch' }),
  ]),
  ['a claim', of('persistentvolumeclaims', 'claim')],
  ['the claim of an ephemeral volume', of('persistentvolumeclaims', 'mine-e')],
  ['a token of its pods', of('serviceaccounts', 'bot', { verb: 'create', subresource: 'token' })],
  ['itself', of('nodes', 'n1', { namespace: '' })],
  ['its own status', of('nodes', 'n1', { namespace: '', verb: 'patch', subresource: 'status' })],
  ['its lease', of('leases', 'n1', { group: 'coordination.k8s.io', namespace: 'kube-node-lease', verb: 'update' })],
  [
    'its pods',
    of('pods', '', { namespace: '', verb: 'watch', fieldSelector: [{ field: 'spec.nodeName', value: 'n1' }] }),
  ],
  ['one of its pods', of('pods', 'mine')],
  ["its pods' status", of('pods', 'mine', { verb: 'patch', subresource: 'status' })],
  ['what every node may', of('services', '')],
])('a node may reach %s', async (_, question) =>
  expect((await decide(index(), question, graph())).decision).toBe('allow'),
);

const unrelated = "no relationship found between node 'n1' and this object";
test.each<[string, AuthorizationAttributes, string]>([
  ["another node's secret", of('secrets', 'theirs'), unrelated],
  ['a secret by the name of a container', of('secrets', 'secretName'), unrelated],
  ['all secrets', of('secrets', ''), 'No Object name found'],
  ['to change a secret', of('secrets', 'vol', { verb: 'update' }), 'can only read resources of this type'],
  ['another pod', of('pods', 'other'), unrelated],
  ['all pods', of('pods', '', { verb: 'list' }), 'can only list/watch pods with spec.nodeName field selector'],
  [
    "another node's pods",
    of('pods', '', { verb: 'list', fieldSelector: [{ field: 'spec.nodeName', value: 'n2' }] }),
    'can only list/watch pods with spec.nodeName field selector',
  ],
  ['another node', of('nodes', 'n2', { namespace: '' }), "node 'n1' cannot read 'n2', only its own Node object"],
  [
    'all nodes',
    of('nodes', '', { namespace: '', verb: 'list' }),
    "node 'n1' cannot read all nodes, only its own Node object",
  ],
  [
    "another's lease",
    of('leases', 'n2', { group: 'coordination.k8s.io', namespace: 'kube-node-lease' }),
    'can only access node lease with the same name as the requesting node',
  ],
  ['what no node may', of('deployments', 'x', { group: 'apps' }), ''],
])('a node may not reach %s', async (_, question, reason) =>
  expect(await decide(index(), question, graph())).toEqual({ decision: 'no-opinion', reason }),
);

test('what only a deleted pod needed is out of reach again', async () => {
  const nodes = graph();
  nodes.applyPod(created(pod('second', 'n1', { volumes: [{ secret: { secretName: 'vol' } }] })));
  nodes.applyPod({ type: 'deleted', object: pod('mine', 'n1', used) });
  const reach = async (name: string) => (await decide(index(), of('secrets', name), nodes)).decision;
  expect([await reach('vol'), await reach('from')]).toEqual(['allow', 'no-opinion']);
});

test('a change of status is not even parsed', () => {
  const nodes = graph();
  const change = (nodeName: string, text: string) => ({
    type: 'updated' as const,
    cached: { key: 'a/mine', nodeName, bytes: Buffer.from(text) },
    get object(): KubeObject {
      throw new Error('parsed');
    },
  });
  expect(() => nodes.applyPod(change('n1', '{}'))).not.toThrow();
  expect(() => nodes.applyPod(change('n1', '{"ephemeralContainers":[]}'))).toThrow('parsed');
  expect(() => nodes.applyPod(change('n2', '{}'))).toThrow('parsed');
});

test('what pods have in common is theirs until the last of them has gone', async () => {
  const nodes = new NodeGraph();
  const twice = { volumes: [{ secret: { secretName: 'vol' } }, { secret: { secretName: 'vol' } }] };
  const [one, other] = [pod('one', 'n1', twice), pod('other', 'n1', twice)];
  const decided = async () => (await decide(index(), of('secrets', 'vol'), nodes)).decision;
  nodes.applyPod(created(one));
  nodes.applyPod(created(other));
  nodes.applyPod({ type: 'deleted', object: one });
  expect(await decided()).toBe('allow');
  nodes.applyPod({ type: 'deleted', object: other });
  expect(await decided()).toBe('no-opinion');
  nodes.applyPod(created(other));
  expect(await decided()).toBe('allow');
});

test('a mirror pod gives its node nothing', async () => {
  const nodes = new NodeGraph();
  const mirror = pod('m', 'n1', used);
  mirror.metadata.annotations = { 'kubernetes.io/config.mirror': 'x' };
  nodes.applyPod(created(mirror));
  expect((await decide(index(), of('secrets', 'vol'), nodes)).decision).toBe('no-opinion');
});

test.each<[AuthorizationAttributes, string]>([
  [
    asked({ verb: 'list' }),
    'pods is forbidden: User "jo" cannot list resource "pods" in API group "" in the namespace "a"',
  ],
  [
    asked({ group: 'apps', resource: 'deployments', subresource: 'scale', name: 'y', namespace: '' }),
    'deployments.apps "y" is forbidden: User "jo" cannot get resource "deployments/scale" in API group "apps" at the cluster scope',
  ],
  [path('/x<b>'), 'forbidden: User "jo" cannot get path "/x&lt;b&gt;"'],
])('a refusal reads as clients know it: %#', (question, message) =>
  expect(forbiddenRequest(question, '').message).toBe(message),
);

test('a refusal gives the reason last', () =>
  expect(forbiddenRequest(asked(), 'because').message).toMatch(/in the namespace "a": because$/));

test.each([
  ['a=b', [{ field: 'a', value: 'b' }]],
  ['a==b,c!=d', [{ field: 'a', value: 'b' }]],
  ['', []],
])('the field selector %j pins %j', (selector, fields) => expect(fieldEqualities(selector)).toEqual(fields));

test.each([
  ['system:serviceaccount:a:bot', { namespace: 'a', name: 'bot' }],
  ['system:serviceaccount:a:b:c', undefined],
  ['system:serviceaccount::bot', undefined],
  ['jo', undefined],
])('%s is the service account %j', (name, account) => expect(serviceAccountOf(name)).toEqual(account));
