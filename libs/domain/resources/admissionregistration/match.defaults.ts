import type {
  MatchResources,
  MutatingWebhook,
  RuleWithOperations,
  ValidatingWebhook,
} from '../../api/generated/types.js';

const timeoutSeconds = 10;
const httpsPort = 443;

/** Equivalent resources, of every scope, in all namespaces. Mutates the fresh objects it is given. */
function defaultMatch(
  match: Pick<MatchResources, 'matchPolicy' | 'namespaceSelector' | 'objectSelector'>,
  rules: readonly RuleWithOperations[],
): void {
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of rules) rule.scope ??= '*';
}

export function defaultMatchResources(match: MatchResources | undefined): void {
  if (match) defaultMatch(match, [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]);
}

/** A webhook that cannot be asked within ten seconds refuses. */
export function defaultWebhook(webhook: ValidatingWebhook | MutatingWebhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.timeoutSeconds ??= timeoutSeconds;
  defaultMatch(webhook, webhook.rules ?? []);
  const { service } = webhook.clientConfig ?? {};
  if (service) service.port ??= httpsPort;
}
