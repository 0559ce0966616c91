import type { FlowSchemaSpec } from '../../../api/generated/types.js';

/** The spec as the reference quotes it in its refusal: every field by its internal name, the absent ones as null. */
export const flowSchemaAsQuoted = (spec: Partial<FlowSchemaSpec> = {}): unknown => ({
  PriorityLevelConfiguration: { Name: spec.priorityLevelConfiguration?.name ?? '' },
  MatchingPrecedence: spec.matchingPrecedence ?? 0,
  DistinguisherMethod: spec.distinguisherMethod ? { Type: spec.distinguisherMethod.type } : null,
  Rules:
    spec.rules?.map(({ subjects, resourceRules, nonResourceRules }) => ({
      Subjects: (subjects ?? []).map(({ kind, user, group, serviceAccount }) => ({
        Kind: kind,
        User: user ? { Name: user.name } : null,
        Group: group ? { Name: group.name } : null,
        ServiceAccount: serviceAccount ? { Namespace: serviceAccount.namespace, Name: serviceAccount.name } : null,
      })),
      ResourceRules:
        resourceRules?.map(({ verbs, apiGroups, resources, clusterScope, namespaces }) => ({
          Verbs: verbs,
          APIGroups: apiGroups,
          Resources: resources,
          ClusterScope: clusterScope ?? false,
          Namespaces: namespaces ?? null,
        })) ?? null,
      NonResourceRules:
        nonResourceRules?.map(({ verbs, nonResourceURLs }) => ({ Verbs: verbs, NonResourceURLs: nonResourceURLs })) ??
        null,
    })) ?? null,
});
