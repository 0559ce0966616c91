import type { AdmissionRequest, AnyResource, KubeObject, ObjectAddress, ObjectReader, UserInfo } from '@shiplog/domain';
import { authorizeWith, authorizers } from '../authorization/authorizers.js';
import { NodeGraph } from '../authorization/node/node-graph.js';
import { PolicyIndex } from '../authorization/rbac/policy-index.js';
import { bootstrapPolicy } from '../bootstrap-policy/bootstrap-policy.js';
import { admissionChain } from './admission-chain.js';
import { admissionPlugins } from './plugins.js';

const rbac = 'rbac.authorization.k8s.io';
const never = new AbortController().signal;
const master = { name: 'admin', groups: ['system:masters'] };

const stored: [string, string, string, object][] = [
  ['namespaces', '', 'a', {}],
  ['namespaces', '', 'going', { status: { phase: 'Terminating' } }],
  ['serviceaccounts', 'a', 'default', { imagePullSecrets: [{ name: 'pull' }] }],
  ['serviceaccounts', 'a', 'quiet', { automountServiceAccountToken: false }],
  [
    'serviceaccounts',
    'a',
    'strict',
    { metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } },
  ],
  ['priorityclasses', '', 'high', { value: 10, preemptionPolicy: 'Never' }],
  ['priorityclasses', '', 'normal', { value: 5, globalDefault: true, preemptionPolicy: 'PreemptLowerPriority' }],
  [
    'runtimeclasses',
    '',
    'vm',
    {
      overhead: { podFixed: { cpu: '1' } },
      scheduling: { nodeSelector: { vm: 'yes' }, tolerations: [{ key: 'vm', operator: 'Exists' }] },
    },
  ],
  ['nodes', '', 'n1', {}],
  [
    'pods',
    'a',
    'mine',
    { spec: { nodeName: 'n1', volumes: [{ projected: { sources: [{ serviceAccountToken: {} }] } }] } },
  ],
  ['pods', 'a', 'other', { spec: { nodeName: 'n2' } }],
];
const objectOf = (namespace: string, name: string, fields: { metadata?: object }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'X',
  ...fields,
  metadata: { name, namespace, uid: `uid-${name}`, ...fields.metadata },
});
const objects = new Map(
  stored.map(([plural, ns, name, fields]) => [`${plural}/${ns}/${name}`, objectOf(ns, name, fields)]),
);
const at = ({ plural, namespace, name }: ObjectAddress) => objects.get(`${plural}/${namespace}/${name}`);
const read = {
  get: at,
  latest: (address: ObjectAddress) => Promise.resolve(at(address)),
  list: ({ plural }: { plural: string }) =>
    [...objects].filter(([key]) => key.startsWith(`${plural}/`)).map(([, it]) => it),
} as unknown as ObjectReader;

const policies = new PolicyIndex();
for (const object of bootstrapPolicy()) {
  if (object.kind.endsWith('Binding')) policies.applyBinding({ type: 'created', object });
  else if (object.kind === 'Role') policies.applyRole({ type: 'created', object });
  else policies.applyClusterRole({ type: 'created', object });
}
policies.applyBinding({
  type: 'created',
  object: {
    ...objectOf('a', 'editors', {}),
    kind: 'RoleBinding',
    roleRef: { kind: 'ClusterRole', name: 'admin' },
    subjects: [{ kind: 'User', name: 'jo' }],
  },
});
const authorize = authorizeWith(authorizers({ policies, nodeGraph: new NodeGraph(), nodeRules: [] }));
const chain = admissionChain(admissionPlugins({ policies, authorize, random: () => 0 }));

interface Write {
  operation?: AdmissionRequest['operation'];
  group?: string;
  plural?: string;
  subresource?: string;
  namespace?: string;
  object?: object;
  oldObject?: object;
  user?: UserInfo;
}

async function admit(write: Write): Promise<KubeObject | undefined> {
  const { operation = 'CREATE', group = '', plural = 'pods', subresource = '', namespace = 'a', user = master } = write;
  const full = (fields: object): KubeObject => objectOf(namespace, 'x', structuredClone(fields));
  const object = write.object ? full(write.object) : undefined;
  const request: AdmissionRequest = {
    operation,
    resource: { group, plural, scope: namespace === '' ? 'Cluster' : 'Namespaced' } as AnyResource,
    subresource,
    namespace,
    name: (object ?? full(write.oldObject ?? {})).metadata.name ?? '',
    ...(object ? { object } : {}),
    ...(write.oldObject ? { oldObject: full(write.oldObject) } : {}),
    user,
    dryRun: false,
    options: {},
    read,
    warn: () => undefined,
  };
  const admitted = await chain.admit(request, never);
  await chain.validate(admitted ? { ...request, object: admitted } : request, never);
  return admitted;
}

const pod = (spec: object, metadata: object = {}) => ({ metadata, spec: { containers: [{ name: 'c' }], ...spec } });

test('a pod gets its account, token, pull secrets, priority and tolerations', async () => {
  const admitted = (await admit({ object: pod({}) })) as KubeObject & { spec: Record<string, unknown> };
  const mount = {
    name: 'kube-api-access-bbbbb',
    readOnly: true,
    mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  };
  expect(admitted.spec).toMatchObject({
    serviceAccountName: 'default',
    serviceAccount: 'default',
    imagePullSecrets: [{ name: 'pull' }],
    containers: [{ name: 'c', volumeMounts: [mount] }],
    volumes: [{ name: 'kube-api-access-bbbbb', projected: { defaultMode: 420 } }],
    priorityClassName: 'normal',
    priority: 5,
    preemptionPolicy: 'PreemptLowerPriority',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', operator: 'Exists', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', operator: 'Exists', tolerationSeconds: 300 },
    ],
  });
});

test.each<[string, object, object]>([
  ['no token where the account has none mounted', { serviceAccountName: 'quiet' }, { containers: [{ name: 'c' }] }],
  [
    'a token where the pod wants one all the same',
    { serviceAccountName: 'quiet', automountServiceAccountToken: true },
    { volumes: [expect.anything()] },
  ],
  [
    'a mount that is there already stays alone',
    {
      containers: [
        { name: 'c', volumeMounts: [{ name: 'v', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] },
      ],
    },
    { containers: [{ name: 'c', volumeMounts: [{ name: 'v' }] }] },
  ],
  [
    'what its runtime class costs, and where it runs',
    { runtimeClassName: 'vm', tolerations: [{ operator: 'Exists' }] },
    {
      overhead: { cpu: '1' },
      nodeSelector: { vm: 'yes' },
      tolerations: [{ operator: 'Exists' }, { key: 'vm', operator: 'Exists' }],
    },
  ],
  ['the priority of its class', { priorityClassName: 'high' }, { priority: 10, preemptionPolicy: 'Never' }],
  [
    'no toleration added to one that tolerates everything',
    { tolerations: [{ operator: 'Exists' }] },
    { tolerations: [{ operator: 'Exists' }] },
  ],
])('a pod has %s', async (_, spec, expected) =>
  expect(await admit({ object: pod(spec) })).toMatchObject({ spec: expected }),
);

test('a new node is tainted not ready, once', async () => {
  const node = { plural: 'nodes', namespace: '', object: { spec: {} } };
  const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];
  expect(await admit(node)).toMatchObject({ spec: { taints } });
  expect(await admit({ ...node, object: { spec: { taints } } })).toMatchObject({ spec: { taints } });
});

const n1 = { name: 'system:node:n1', groups: ['system:nodes'] };
const jo = { name: 'jo', groups: ['system:authenticated'] };
const token = (fields: object) => ({ spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', ...fields } } });
const asNode = (write: Write): Write => ({ user: n1, ...write });
const binding = (name: string): Write => ({
  group: rbac,
  plural: 'rolebindings',
  user: jo,
  object: { roleRef: { kind: 'ClusterRole', name } },
});

test.each<[string, Write, number, string]>([
  ['a missing namespace', { namespace: 'no', object: pod({}) }, 404, 'namespaces "no" not found'],
  [
    'a namespace that goes',
    { namespace: 'going', plural: 'configmaps', object: {} },
    403,
    'configmaps "x" is forbidden: unable to create new content in namespace going because it is being terminated',
  ],
  [
    'the end of kube-system',
    { operation: 'DELETE', plural: 'namespaces', namespace: '', oldObject: { metadata: { name: 'kube-system' } } },
    403,
    'namespaces "kube-system" is forbidden: this namespace may not be deleted',
  ],
  [
    'a missing service account',
    { object: pod({ serviceAccountName: 'nope' }) },
    403,
    'pods "x" is forbidden: error looking up service account a/nope: serviceaccount "nope" not found',
  ],
  [
    'a missing service account of a pod without a name of its own',
    { object: pod({ serviceAccountName: 'nope' }, { generateName: 'abc-' }) },
    403,
    'pods "abc-" is forbidden: error looking up service account a/nope: serviceaccount "nope" not found',
  ],
  [
    'a secret that the account does not list',
    { object: pod({ serviceAccountName: 'strict', volumes: [{ name: 'v', secret: { secretName: 's' } }] }) },
    403,
    'volume with secret.secretName="s" is not allowed because service account strict does not reference that secret',
  ],
  [
    'a missing priority class',
    { object: pod({ priorityClassName: 'no' }) },
    403,
    'no PriorityClass with name no was found',
  ],
  [
    'a missing runtime class',
    { object: pod({ runtimeClassName: 'no' }) },
    403,
    'pod rejected: RuntimeClass "no" not found',
  ],
  [
    'an overhead of its own',
    { object: pod({ overhead: { cpu: '1' } }) },
    403,
    'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
  ],
  [
    "an overhead that is not the class's",
    { object: pod({ runtimeClassName: 'vm', overhead: { cpu: '2' } }) },
    403,
    "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
  ],
  [
    'a node that its class forbids',
    { object: pod({ runtimeClassName: 'vm', nodeSelector: { vm: 'no' } }) },
    403,
    'conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no',
  ],
  [
    'a priority by number',
    { object: pod({ priority: 7 }) },
    403,
    'the integer value of priority (7) must not be provided',
  ],
  [
    'a second default class',
    { group: 'scheduling.k8s.io', plural: 'priorityclasses', namespace: '', object: { globalDefault: true } },
    403,
    'PriorityClass normal is already marked as default. Only one default can exist',
  ],
  [
    'a node that writes another',
    asNode({ plural: 'nodes', namespace: '', object: {} }),
    403,
    'node "n1" is not allowed to modify node "x"',
  ],
  [
    'a node that draws workloads to itself',
    asNode({
      plural: 'nodes',
      namespace: '',
      object: {
        metadata: { name: 'n1', labels: { 'kubernetes.io/os': 'linux', 'node-restriction.kubernetes.io/a': 'b' } },
      },
    }),
    403,
    'is not allowed to set the following labels: node-restriction.kubernetes.io/a',
  ],
  [
    'a node that takes off its taints',
    asNode({
      operation: 'UPDATE',
      plural: 'nodes',
      namespace: '',
      object: { metadata: { name: 'n1' }, spec: {} },
      oldObject: { metadata: { name: 'n1' }, spec: { taints: [{ key: 'k' }] } },
    }),
    403,
    'node "n1" is not allowed to modify taints',
  ],
  [
    "a node that reports on another's pod",
    asNode({ operation: 'UPDATE', subresource: 'status', object: pod({}), oldObject: pod({ nodeName: 'n2' }) }),
    403,
    'can only update pod status for pods with spec.nodeName set to itself',
  ],
  ['a node that creates a pod', asNode({ object: pod({ nodeName: 'n1' }) }), 403, 'can only create mirror pods'],
  [
    'a node that deletes a pod elsewhere',
    asNode({ operation: 'DELETE', oldObject: pod({ nodeName: 'n2' }) }),
    403,
    'can only delete pods with spec.nodeName set to itself',
  ],
  [
    "a node that asks for another node's token",
    asNode({ plural: 'serviceaccounts', subresource: 'token', object: token({ name: 'other', uid: 'uid-other' }) }),
    403,
    'node requested token bound to a pod scheduled on a different node',
  ],
  [
    'a node that asks for a token of its own',
    asNode({ plural: 'serviceaccounts', subresource: 'token', object: { spec: {} } }),
    403,
    'node requested token not bound to a pod',
  ],
  [
    "a node that takes another's lease",
    asNode({ group: 'coordination.k8s.io', plural: 'leases', object: {} }),
    403,
    'can only access leases in the "kube-node-lease" system namespace',
  ],
  [
    'a role with more than its author holds',
    {
      group: rbac,
      plural: 'roles',
      user: jo,
      object: { rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['nodes', 'pods'] }] },
    },
    403,
    'roles.rbac.authorization.k8s.io "x" is forbidden: user "jo" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}',
  ],
  [
    'a binding of a role that its author does not hold',
    binding('cluster-admin'),
    403,
    'not currently held:\n{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
  ],
  ['a binding of no role', binding('nope'), 404, 'rolebindings.rbac.authorization.k8s.io "nope" not found'],
])('refuses %s', async (_, write, code, message) => {
  await expect(admit(write)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
});

test.each<[string, Write]>([
  ['the end of a common namespace', { operation: 'DELETE', plural: 'namespaces', namespace: '', oldObject: {} }],
  ['deletes in a namespace that goes', { operation: 'DELETE', namespace: 'going', oldObject: pod({}) }],
  ['a binding of a role that its author holds', binding('view')],
  [
    "a node's token for its own pod",
    asNode({ plural: 'serviceaccounts', subresource: 'token', object: token({ name: 'mine', uid: 'uid-mine' }) }),
  ],
  ['a node that deletes its own pod', asNode({ operation: 'DELETE', oldObject: pod({ nodeName: 'n1' }) })],
])('lets pass %s', async (_, write) => expect(admit(write)).resolves.not.toThrow());
