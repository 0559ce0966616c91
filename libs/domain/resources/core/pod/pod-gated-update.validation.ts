import { all, each } from '../../../api/findings.js';
import { deepEqual } from '../../../api/deep-equal.js';
import { invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../../../api/generated/types.js';

function onlyAdds(next: readonly NodeSelectorRequirement[], current: readonly NodeSelectorRequirement[]): boolean {
  return current.length === 0 || (next.length >= current.length && deepEqual(next.slice(0, current.length), current));
}

function narrows(next: NodeSelectorTerm, current: NodeSelectorTerm): boolean {
  const size = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): number =>
    matchExpressions.length + matchFields.length;
  if (size(current) === 0) return size(next) === 0;
  return (
    onlyAdds(next.matchExpressions ?? [], current.matchExpressions ?? []) &&
    onlyAdds(next.matchFields ?? [], current.matchFields ?? [])
  );
}

function validateNodeAffinity(
  next: NodeAffinity | undefined,
  current: NodeAffinity | undefined,
  at: FieldPath,
): FieldError[] {
  const old = current?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const terms = next?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const path = at.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  if (old.length === 0) return [];
  if (old.length !== terms.length)
    return [invalid(path, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  return each(old, (term, i) =>
    narrows(terms[i] ?? {}, term)
      ? []
      : [invalid(path.index(i), terms[i], 'only additions are allowed (no mutations or deletions)')],
  );
}

/**
 * While a pod is held by scheduling gates, the choice of its node may be narrowed (KEP-3838). Returns what is wrong with that, and the
 * spec with this choice put back as it was.
 */
export function gatedNodeSelection(
  next: PodSpec,
  current: PodSpec,
  at: FieldPath,
): { errors: FieldError[]; spec: PodSpec } {
  if (!current.schedulingGates?.length) return { errors: [], spec: next };
  const kept = Object.entries(current.nodeSelector ?? {}).every(([key, value]) => next.nodeSelector?.[key] === value);
  const errors = all(
    kept
      ? []
      : [
          invalid(
            at.child('nodeSelector'),
            next.nodeSelector,
            'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
          ),
        ],
    validateNodeAffinity(
      next.affinity?.nodeAffinity,
      current.affinity?.nodeAffinity,
      at.child('affinity', 'nodeAffinity'),
    ),
  );
  const nodeAffinity = current.affinity?.nodeAffinity;
  const { nodeAffinity: _ignored, ...others } = next.affinity ?? {};
  const affinity = { ...others, ...(nodeAffinity ? { nodeAffinity } : {}) };
  const absent = Object.keys(affinity).length === 0 && current.affinity === undefined;
  return { errors, spec: { ...next, nodeSelector: current.nodeSelector, affinity: absent ? undefined : affinity } };
}
