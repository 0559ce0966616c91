import { badRequest, type KubeObject } from '@shiplog/domain';
import { nodeNameOf } from '../authorization/node/node-identity.js';
import type { PolicyIndex } from '../authorization/rbac/policy-index.js';
import type { PolicyRule } from '../authorization/rbac/policy-rule.js';
import { actionAnswer } from '../subresources/action-answer.js';
import { decodeAction } from '../subresources/action-body.js';
import type { SubresourceHandler } from '../subresources/subresource.js';

interface RulesReview extends KubeObject {
  spec?: { namespace?: string };
}

/** selfsubjectrulesreviews: all that who asks may do in a namespace (`kubectl auth can-i --list`). */
export const selfSubjectRulesReview = (policies: PolicyIndex): SubresourceHandler => ({
  resource: { group: 'authorization.k8s.io', plural: 'selfsubjectrulesreviews' },
  name: '',
  methods: ['POST'],
  handle: async (context, resource, gateway) => {
    const { spec } = await decodeAction<RulesReview>(context, gateway, resource);
    if (!spec?.namespace) throw badRequest('no namespace on request');
    const { user } = context;
    const rules = [...policies.grantsTo(user, spec.namespace)].map(({ rule }) => rule);
    const isNode = nodeNameOf(user) !== undefined;
    return actionAnswer(context, {
      kind: resource.kind,
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: {},
      status: {
        resourceRules: rules.flatMap(resourceRule),
        nonResourceRules: rules.flatMap(pathRule),
        incomplete: isNode,
        ...(isNode ? { evaluationError: 'node authorizer does not support user rule resolution' } : {}),
      },
    });
  },
});

const resourceRule = ({ verbs, apiGroups = [], resources = [], resourceNames = [] }: PolicyRule): object[] =>
  resources.length === 0
    ? []
    : [{ verbs, apiGroups, resources, ...(resourceNames.length > 0 ? { resourceNames } : {}) }];

const pathRule = ({ verbs, nonResourceURLs = [] }: PolicyRule): object[] =>
  nonResourceURLs.length === 0 ? [] : [{ verbs, nonResourceURLs }];
