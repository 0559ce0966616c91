import { notFound, type AdmissionRequest, type Pod } from '@shiplog/domain';
import { podReferences } from '../../../authorization/node/pod-references.js';
import { refuse } from '../../refuse.js';
import { isMirror, mirrorAnnotation } from '../mirror-pod.js';

/** A node creates pods only to show what it runs by itself: bound to it, owned by it, and referring to nothing. */
export function confirmMirrorPod(node: string, request: AdmissionRequest): void {
  const pod = request.object as Pod;
  const me = `node ${JSON.stringify(node)}`;
  if (!isMirror(pod))
    throw refuse(
      request,
      `pod does not have ${JSON.stringify(mirrorAnnotation)} annotation, ${me} can only create mirror pods`,
    );
  if (pod.spec.nodeName !== node) throw refuse(request, `${me} can only create pods with spec.nodeName set to itself`);
  const owners = pod.metadata.ownerReferences ?? [];
  const [owner] = owners;
  if (owners.length > 1)
    throw refuse(request, `${me} can only create pods with a single owner reference set to itself`);
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    throw refuse(request, `${me} can only create pods with an owner reference set to itself`);
  if (!owner.controller)
    throw refuse(request, `${me} can only create pods with a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion) throw refuse(request, `${me} must not set blockOwnerDeletion on an owner reference`);
  const self = request.read.get({ group: '', plural: 'nodes', namespace: '', name: node });
  if (self === undefined) throw notFound({ group: '', plural: 'nodes' }, node);
  if (self.metadata.uid !== owner.uid)
    throw refuse(request, `node ${node} UID mismatch: expected ${owner.uid} got ${self.metadata.uid}`);
  const reference = podReferences(pod)[0];
  if (reference) throw refuse(request, `${me} can not create pods that reference ${reference.resource}`);
}
