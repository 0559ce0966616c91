import type { AuthorizationAttributes } from '../authorizer.js';

/** What a role permits (rbac.authorization.k8s.io/v1 PolicyRule). */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

const has = (set: readonly string[] | undefined, element: string): boolean => set?.includes(element) ?? false;
const hasOrStar = (set: readonly string[] | undefined, element: string): boolean => has(set, '*') || has(set, element);
const isEmpty = (set: readonly string[] | undefined): boolean => (set?.length ?? 0) === 0;

/** `pods`, or `pods/log` for a subresource: how rules name what is asked for. */
const combined = (resource: string, subresource: string): string =>
  subresource === '' ? resource : `${resource}/${subresource}`;

const matchesResource = (rule: PolicyRule, resource: string, subresource: string): boolean =>
  hasOrStar(rule.resources, combined(resource, subresource)) ||
  (subresource !== '' && has(rule.resources, `*/${subresource}`));

const matchesName = (rule: PolicyRule, name: string): boolean =>
  isEmpty(rule.resourceNames) || has(rule.resourceNames, name);

/** A trailing star stands for any rest of the path; a star alone for every path. */
const pathCovers = (pattern: string, path: string): boolean =>
  pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')));

/** Whether one rule permits what is asked. Pure. */
export function ruleAllows(rule: PolicyRule, asked: AuthorizationAttributes): boolean {
  if (!hasOrStar(rule.verbs, asked.verb)) return false;
  if (!asked.isResource) return (rule.nonResourceURLs ?? []).some((pattern) => pathCovers(pattern, asked.path));
  return (
    hasOrStar(rule.apiGroups, asked.group) &&
    matchesResource(rule, asked.resource, asked.subresource) &&
    matchesName(rule, asked.name)
  );
}

/** A rule as its smallest parts: one verb on one resource of one group (and one name), or one verb on one path. */
function smallestRules(rule: PolicyRule): PolicyRule[] {
  const names = isEmpty(rule.resourceNames) ? [undefined] : (rule.resourceNames ?? []);
  const resourceRules = (rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        names.map((name) => ({
          apiGroups: [group],
          resources: [resource],
          verbs: [verb],
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
  );
  const pathRules = (rule.nonResourceURLs ?? []).flatMap((url) =>
    rule.verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] })),
  );
  return [...resourceRules, ...pathRules];
}

const everyIn = (set: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean =>
  (wanted ?? []).every((element) => hasOrStar(set, element));

const coversResource = (owned: readonly string[] | undefined, wanted: string): boolean =>
  hasOrStar(owned, wanted) || (wanted.includes('/') && has(owned, `*${wanted.slice(wanted.indexOf('/'))}`));

/** Whether an owned rule includes a smallest rule. */
const ruleCovers = (owned: PolicyRule, wanted: PolicyRule): boolean =>
  everyIn(owned.verbs, wanted.verbs) &&
  everyIn(owned.apiGroups, wanted.apiGroups) &&
  (wanted.resources ?? []).every((resource) => coversResource(owned.resources, resource)) &&
  (wanted.nonResourceURLs ?? []).every((url) => owned.nonResourceURLs?.some((path) => pathCovers(path, url))) &&
  (isEmpty(owned.resourceNames) ||
    (!isEmpty(wanted.resourceNames) && (wanted.resourceNames ?? []).every((name) => has(owned.resourceNames, name))));

/** The smallest rules of `wanted` that nothing in `owned` includes. Empty: granting them is no escalation. Pure. */
export const uncoveredRules = (owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] =>
  wanted.flatMap(smallestRules).filter((rule) => !owned.some((mine) => ruleCovers(mine, rule)));

/** Smallest rules joined where they differ by verb only, for a message that a person can read. */
export function compactRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const byTarget = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const { verbs, ...target } = rule;
    // Paths stay apart, as clients know it from the API.
    const key = JSON.stringify(isEmpty(rule.nonResourceURLs) ? target : rule);
    const known = byTarget.get(key);
    byTarget.set(key, known ? { ...known, verbs: [...known.verbs, ...verbs] } : rule);
  }
  return [...byTarget.values()];
}

const listed = (label: string, values: readonly string[] | undefined): string[] =>
  isEmpty(values) ? [] : [`${label}:[${(values ?? []).map((value) => JSON.stringify(value)).join(' ')}]`];

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`: a rule as error messages print it. */
export const describeRule = (rule: PolicyRule): string =>
  `{${[
    ...listed('APIGroups', rule.apiGroups),
    ...listed('Resources', rule.resources),
    ...listed('NonResourceURLs', rule.nonResourceURLs),
    ...listed('ResourceNames', rule.resourceNames),
    ...listed('Verbs', rule.verbs),
  ].join(', ')}}`;
