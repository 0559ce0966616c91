import { all, each } from '../../../api/findings.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { NodeSelectorTerm, PodSpec } from '../../../api/generated/types.js';
import { isLabelValue } from '../../../api/names.js';

const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

const oldKeys = ({ matchExpressions = [] }: NodeSelectorTerm, at: FieldPath): string[] =>
  each(matchExpressions, ({ key }, i) =>
    key in deprecatedNodeLabels
      ? [`${at.child('matchExpressions').index(i).child('key')}: ${key} is ${deprecatedNodeLabels[key]}`]
      : [],
  );

/** What is only preferred is not refused for a value that no label can have. */
const impossibleValues = ({ matchExpressions = [] }: NodeSelectorTerm, at: FieldPath): string[] =>
  each(matchExpressions, ({ values = [] }, i) =>
    each(values, (value, j) =>
      isLabelValue(value).map(
        (text) => `${at.child('matchExpressions').index(i).child('values').index(j)}: ${value} is invalid, ${text}`,
      ),
    ),
  );

export const matchesNothing = (selector: object | undefined, at: FieldPath): string[] =>
  selector ? [] : [`${at.child('labelSelector')}: a null labelSelector results in matching no pod`];

/** Node labels of old that a pod is placed by, and placing rules that match nothing. */
export function placementWarnings(
  { nodeSelector, affinity, topologySpreadConstraints }: PodSpec,
  at: FieldPath,
): string[] {
  const node = affinity?.nodeAffinity;
  const path = at.child('affinity', 'nodeAffinity');
  const required = path.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  const preferred = path.child('preferredDuringSchedulingIgnoredDuringExecution');
  return all(
    each(Object.keys(nodeSelector ?? {}), (key) =>
      key in deprecatedNodeLabels ? [`${at.child('nodeSelector').key(key)}: ${deprecatedNodeLabels[key]}`] : [],
    ),
    each(node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms, (term, i) =>
      oldKeys(term, required.index(i)),
    ),
    each(node?.preferredDuringSchedulingIgnoredDuringExecution, ({ preference }, i) =>
      all(
        oldKeys(preference, preferred.index(i).child('preference')),
        impossibleValues(preference, preferred.index(i).child('preference')),
      ),
    ),
    each(topologySpreadConstraints, ({ topologyKey, labelSelector }, i) => {
      const constraint = at.child('topologySpreadConstraints').index(i);
      return all(
        topologyKey in deprecatedNodeLabels
          ? [`${constraint.child('topologyKey')}: ${topologyKey} is ${deprecatedNodeLabels[topologyKey]}`]
          : [],
        matchesNothing(labelSelector, constraint),
      );
    }),
  );
}
