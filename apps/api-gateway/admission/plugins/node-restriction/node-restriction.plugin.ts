import { deepEqual, notFound, type AdmissionRequest, type KubeObject, type Pod } from '@shiplog/domain';
import { nodeNameOf } from '../../../authorization/node/node-identity.js';
import type { AdmissionPlugin } from '../../admission-plugin.js';
import { refuse } from '../../refuse.js';
import { confirmMirrorPod } from './mirror-pods.js';
import { confirmNode } from './own-node.js';
import { confirmToken } from './node-tokens.js';

/** A rule for one resource: throws what the node may not do. */
type Rule = (node: string, request: AdmissionRequest) => void;

/** What a node writes must be about itself and the pods bound to it; the Node authorizer cannot see that from the path. */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: ({ user, resource }) => nodeNameOf(user) !== undefined && keyOf(resource) in rules,
  admit: (request) => {
    const node = nodeNameOf(request.user);
    if (!node) throw refuse(request, `could not determine node from user ${JSON.stringify(request.user.name)}`);
    rules[keyOf(request.resource)]?.(node, request);
    return undefined;
  },
};

const keyOf = ({ group, plural }: { group: string; plural: string }): string =>
  group === '' ? plural : `${plural}.${group}`;

const quote = (text: string): string => JSON.stringify(text);

const pods: Rule = (node, request) => {
  const { subresource, operation } = request;
  if (subresource === 'status') podStatus(node, request);
  else if (subresource === 'eviction') podEviction(node, request);
  else if (subresource !== '')
    throw refuse(request, `unexpected pod subresource ${quote(subresource)}, only 'status' and 'eviction' are allowed`);
  else if (operation === 'CREATE') confirmMirrorPod(node, request);
  else if (operation !== 'DELETE')
    throw refuse(
      request,
      `unexpected operation ${quote(operation)}, node ${quote(node)} can only create and delete mirror pods`,
    );
  else if (boundTo(request.oldObject) !== node)
    throw refuse(request, `node ${quote(node)} can only delete pods with spec.nodeName set to itself`);
};

const boundTo = (pod: KubeObject | undefined): string | undefined => (pod as Pod | undefined)?.spec.nodeName;

const podStatus: Rule = (node, request) => {
  const { operation, oldObject, object } = request;
  if (operation !== 'UPDATE') throw refuse(request, `unexpected operation ${quote(operation)}`);
  if (boundTo(oldObject) !== node)
    throw refuse(request, `node ${quote(node)} can only update pod status for pods with spec.nodeName set to itself`);
  if (!deepEqual(oldObject?.metadata.labels ?? {}, object?.metadata.labels ?? {}))
    throw refuse(request, `node ${quote(node)} cannot update labels through pod status`);
  const claims = (pod: KubeObject | undefined): unknown =>
    (pod?.['status'] as { resourceClaimStatuses?: unknown } | undefined)?.resourceClaimStatuses ?? [];
  if (!deepEqual(claims(oldObject), claims(object)))
    throw refuse(request, `node ${quote(node)} cannot update resource claim statues`);
};

const podEviction: Rule = (node, request) => {
  const { namespace, name, read } = request;
  const pod = read.get({ group: '', plural: 'pods', namespace, name });
  if (pod === undefined) throw notFound({ group: '', plural: 'pods' }, name);
  if (boundTo(pod) !== node) throw refuse(request, `node ${node} can only evict pods with spec.nodeName set to itself`);
};

const leases: Rule = (node, request) => {
  if (request.namespace !== 'kube-node-lease')
    throw refuse(request, 'can only access leases in the "kube-node-lease" system namespace');
  if (request.name !== node)
    throw refuse(request, 'can only access node lease with the same name as the requesting node');
};

const csiNodes: Rule = (node, request) => {
  if (request.name !== node) throw refuse(request, 'can only access CSINode with the same name as the requesting node');
};

const claims: Rule = (_, request) => {
  if (request.subresource !== 'status') throw refuse(request, 'may only update PVC status');
};

const resourceSlices: Rule = (node, request) => {
  const { operation, object, oldObject } = request;
  const slice = operation === 'DELETE' ? oldObject : object;
  if ((operation === 'CREATE' || operation === 'DELETE') && boundTo(slice) !== node)
    throw refuse(
      request,
      `can only ${operation.toLowerCase()} ResourceSlice with the same NodeName as the requesting node`,
    );
};

const rules: Readonly<Record<string, Rule>> = {
  pods,
  nodes: confirmNode,
  serviceaccounts: (node, request) => {
    if (request.operation === 'CREATE' && request.subresource === 'token') confirmToken(node, request);
  },
  persistentvolumeclaims: claims,
  'leases.coordination.k8s.io': leases,
  'csinodes.storage.k8s.io': csiNodes,
  'resourceslices.resource.k8s.io': resourceSlices,
};
