import type { Authorize } from '../authorization/authorizers.js';
import type { PolicyIndex } from '../authorization/rbac/policy-index.js';
import type { AdmissionPlugin } from './admission-plugin.js';
import { defaultTolerationSeconds } from './plugins/default-toleration-seconds/default-toleration-seconds.plugin.js';
import { namespaceLifecycle } from './plugins/namespace-lifecycle/namespace-lifecycle.plugin.js';
import { nodeRestriction } from './plugins/node-restriction/node-restriction.plugin.js';
import { priority } from './plugins/priority/priority.plugin.js';
import { roleEscalation } from './plugins/role-escalation/role-escalation.plugin.js';
import { runtimeClass } from './plugins/runtime-class/runtime-class.plugin.js';
import { serviceAccountPlugin } from './plugins/service-account/service-account.plugin.js';
import { taintNodesByCondition } from './plugins/taint-nodes-by-condition/taint-nodes-by-condition.plugin.js';

export interface AdmissionParts {
  readonly policies: PolicyIndex;
  readonly authorize: Authorize;
  readonly random: () => number;
}

/** Everything that admission does to a write, in order: first the mutating part of each, then the validating part of each. */
export const admissionPlugins = ({ policies, authorize, random }: AdmissionParts): readonly AdmissionPlugin[] => [
  namespaceLifecycle,
  serviceAccountPlugin(random),
  nodeRestriction,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  runtimeClass,
  roleEscalation(policies, authorize),
];
