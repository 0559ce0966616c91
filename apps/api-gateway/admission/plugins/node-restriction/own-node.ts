import { deepEqual, type AdmissionRequest, type Node } from '@shiplog/domain';
import { refuse } from '../../refuse.js';
import { forbiddenLabelChanges } from './node-labels.js';

/** A node writes its own Node only, and nothing in it by which it could draw workloads to itself. */
export function confirmNode(node: string, request: AdmissionRequest): void {
  const { name, operation, object, oldObject } = request;
  const me = `node ${JSON.stringify(node)}`;
  if (name !== node) throw refuse(request, `${me} is not allowed to modify node ${JSON.stringify(name)}`);
  if (object === undefined || operation === 'DELETE') return;
  const problem = oldObject ? updateProblem(me, object as Node, oldObject as Node) : createProblem(me, object as Node);
  if (problem !== undefined) throw refuse(request, problem);
}

function createProblem(me: string, { metadata, spec }: Node): string | undefined {
  if (spec?.configSource) return `${me} is not allowed to create pods with a non-nil configSource`;
  const labels = forbiddenLabelChanges(metadata.labels).join(', ');
  return labels === '' ? undefined : `${me} is not allowed to set the following labels: ${labels}`;
}

function updateProblem(me: string, next: Node, old: Node): string | undefined {
  if (next.spec?.configSource && !deepEqual(next.spec.configSource, old.spec?.configSource))
    return `${me} is not allowed to update configSource to a new non-nil configSource`;
  if (!deepEqual(next.spec?.taints ?? [], old.spec?.taints ?? [])) return `${me} is not allowed to modify taints`;
  if (!deepEqual(next.metadata.ownerReferences ?? [], old.metadata.ownerReferences ?? []))
    return `${me} is not allowed to modify ownerReferences`;
  const labels = forbiddenLabelChanges(next.metadata.labels, old.metadata.labels).join(', ');
  return labels === '' ? undefined : `is not allowed to modify labels: ${labels}`;
}
