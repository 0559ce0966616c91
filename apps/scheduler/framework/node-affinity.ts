import {
  labelsMatcher,
  matchesLabels,
  meets,
  requirementOf,
  type LabelMatcher,
  type LabelRequirement,
  type Labels,
  type Pod,
} from '@shiplog/domain';

/** A node as selectors see it. */
export interface SelectableNode {
  readonly name: string;
  readonly labels: Labels;
}

/** Requirements on labels and on fields (metadata.name) that hold together. */
export interface NodeTerm {
  readonly labels: readonly LabelRequirement[];
  readonly fields: readonly LabelRequirement[];
}

export interface PreferredNodes {
  readonly weight: number;
  readonly term: NodeTerm;
}

/** Where a pod must and would rather run. */
export interface NodeAffinityRules {
  readonly selector: LabelMatcher;
  /** Any of them; undefined: none stated. */
  readonly terms: readonly NodeTerm[] | undefined;
  readonly preferred: readonly PreferredNodes[];
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

const term = (expressions: readonly Expression[] | undefined, fields: readonly Expression[] | undefined): NodeTerm => ({
  labels: (expressions ?? []).map(({ key, operator, values }) => requirementOf(key, operator, values ?? [])),
  fields: (fields ?? []).map(({ key, operator, values }) => requirementOf(key, operator, values ?? [])),
});

export function nodeAffinityRules({ spec }: Pod): NodeAffinityRules {
  const affinity = spec.affinity?.nodeAffinity;
  return {
    selector: labelsMatcher(spec.nodeSelector),
    terms: affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms.map((stated) =>
      term(stated.matchExpressions, stated.matchFields),
    ),
    preferred: (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      .filter(({ weight }) => weight !== 0)
      .map(({ weight, preference }) => ({ weight, term: term(preference.matchExpressions, preference.matchFields) })),
  };
}

/** An empty term matches no node. */
export function termMatches({ labels, fields }: NodeTerm, node: SelectableNode): boolean {
  if (labels.length === 0 && fields.length === 0) return false;
  for (const requirement of labels) if (!meets(requirement, node.labels)) return false;
  for (const requirement of fields) if (!meetsName(requirement, node.name)) return false;
  return true;
}

const meetsName = ({ key, operator, values }: LabelRequirement, name: string): boolean =>
  key === 'metadata.name' && values.includes(name) === (operator === 'in');

/** Asked for every node of every decision: a loop, for a closure would be made each time. */
export function mayRunOn({ selector, terms }: NodeAffinityRules, node: SelectableNode): boolean {
  if (!matchesLabels(selector, node.labels)) return false;
  if (terms === undefined) return true;
  for (const stated of terms) if (termMatches(stated, node)) return true;
  return false;
}

export const hasRequirements = ({ selector, terms }: NodeAffinityRules): boolean =>
  selector.requirements.length > 0 || terms !== undefined;
