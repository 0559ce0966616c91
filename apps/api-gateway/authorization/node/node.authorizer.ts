import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../authorizer.js';
import { ruleAllows, type PolicyRule } from '../rbac/policy-rule.js';
import type { NodeGraph } from './node-graph.js';
import { nodeNameOf } from './node-identity.js';

type Asked = AuthorizationAttributes;
type Rule = (node: string, asked: Asked, graph: NodeGraph) => AuthorizationDecision;

const allow: AuthorizationDecision = { decision: 'allow', reason: '' };
const pass = (reason = ''): AuthorizationDecision => ({ decision: 'no-opinion', reason });

/**
 * Permits a node what it needs to run the pods bound to it, and nothing about the others. What a node may write about itself is
 * narrowed further by the admission plugin NodeRestriction, which sees the object. `rules`: the ClusterRole system:node.
 */
export const nodeAuthorizer = (graph: NodeGraph, rules: readonly PolicyRule[]): Authorizer => ({
  name: 'Node',
  authorize: (asked) => {
    const node = nodeNameOf(asked.user);
    if (node === undefined) return pass();
    if (node === '') return pass(`unknown node for user ${JSON.stringify(asked.user.name)}`);
    const special = asked.isResource ? specialRules[resourceOf(asked)] : undefined;
    if (special) return special(node, asked, graph);
    return rules.some((rule) => ruleAllows(rule, asked)) ? allow : pass();
  },
});

const resourceOf = ({ group, resource }: Asked): string => (group === '' ? resource : `${resource}.${group}`);

const related: Rule = (node, asked, graph) => {
  if (asked.name === '') return pass('No Object name found');
  return graph.relates(node, resourceOf(asked), asked.namespace, asked.name)
    ? allow
    : pass(`no relationship found between node '${node}' and this object`);
};

/** get, list and watch of one object by name. */
const readOne: Rule = (node, asked, graph) => {
  if (!['get', 'list', 'watch'].includes(asked.verb)) return pass('can only read resources of this type');
  if (asked.subresource !== '') return pass('cannot read subresource');
  if (asked.namespace === '') return pass('can only read namespaced object of this type');
  return related(node, asked, graph);
};

const getOne: Rule = (node, asked, graph) => {
  if (asked.verb !== 'get') return pass('can only get individual resources of this type');
  return asked.subresource === '' ? related(node, asked, graph) : pass('cannot get subresource');
};

const claims: Rule = (node, asked, graph) => {
  if (asked.subresource !== 'status') return getOne(node, asked, graph);
  return ['update', 'patch'].includes(asked.verb)
    ? related(node, asked, graph)
    : pass('can only get/update/patch this type');
};

const serviceAccounts: Rule = (node, asked, graph) => {
  if (asked.verb === 'get' && asked.subresource === '') return readOne(node, asked, graph);
  if (asked.verb !== 'create' || asked.name === '')
    return pass('can only create tokens for individual service accounts');
  return asked.subresource === 'token'
    ? related(node, asked, graph)
    : pass('can only create token subresource of serviceaccount');
};

const writeOwn = ['get', 'create', 'update', 'patch', 'delete'];

/** The name is not known when creating; NodeRestriction checks it then. */
const leases: Rule = (node, { verb, namespace, name }) => {
  if (!writeOwn.includes(verb)) return pass('can only get, create, update, patch, or delete a node lease');
  if (namespace !== 'kube-node-lease') return pass('can only access leases in the "kube-node-lease" system namespace');
  return verb === 'create' || name === node
    ? allow
    : pass('can only access node lease with the same name as the requesting node');
};

const csiNodes: Rule = (node, { verb, subresource, name }) => {
  if (!writeOwn.includes(verb)) return pass('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return pass('cannot authorize CSINode subresources');
  return verb === 'create' || name === node
    ? allow
    : pass('can only access CSINode with the same name as the requesting node');
};

const selectsNode = (asked: Asked, field: string, node: string): boolean =>
  asked.fieldSelector?.some((requirement) => requirement.field === field && requirement.value === node) ?? false;

const resourceSlices: Rule = (node, asked, graph) => {
  if (asked.subresource !== '') return pass('cannot authorize ResourceSlice subresources');
  if (asked.verb === 'create') return allow;
  if (['get', 'update', 'patch', 'delete'].includes(asked.verb)) return related(node, asked, graph);
  return selectsNode(asked, 'spec.nodeName', node)
    ? allow
    : pass('can only list/watch/deletecollection resourceslices with nodeName field selector');
};

const nodes: Rule = (node, { verb, subresource, name }) => {
  if (subresource === 'status') return ['update', 'patch'].includes(verb) ? allow : pass();
  if (subresource !== '') return pass();
  if (['create', 'update', 'patch'].includes(verb)) return allow;
  if (!['get', 'list', 'watch'].includes(verb)) return pass();
  if (name === node) return allow;
  return name === ''
    ? pass(`node '${node}' cannot read all nodes, only its own Node object`)
    : pass(`node '${node}' cannot read '${name}', only its own Node object`);
};

const pods: Rule = (node, asked, graph) => {
  const { verb, subresource, name } = asked;
  if (subresource === 'status') return ['update', 'patch'].includes(verb) ? allow : pass();
  if (subresource === 'eviction') return verb === 'create' ? allow : pass();
  if (subresource !== '') return pass();
  if (verb === 'get') return getOne(node, asked, graph);
  if (verb === 'create' || verb === 'delete') return allow;
  if (verb !== 'list' && verb !== 'watch') return pass();
  if (selectsNode(asked, 'spec.nodeName', node)) return allow;
  return name === '' ? pass('can only list/watch pods with spec.nodeName field selector') : related(node, asked, graph);
};

/** Resources of which a node sees a part only. */
const specialRules: Readonly<Record<string, Rule>> = {
  secrets: readOne,
  configmaps: readOne,
  persistentvolumeclaims: claims,
  persistentvolumes: getOne,
  serviceaccounts: serviceAccounts,
  nodes,
  pods,
  'leases.coordination.k8s.io': leases,
  'csinodes.storage.k8s.io': csiNodes,
  'volumeattachments.storage.k8s.io': getOne,
  'resourceclaims.resource.k8s.io': getOne,
  'resourceslices.resource.k8s.io': resourceSlices,
};
