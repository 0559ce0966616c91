import type {
  FlowSchema,
  FlowcontrolSubject,
  NonResourcePolicyRule,
  ResourcePolicyRule,
  UserInfo,
} from '@shiplog/domain';
import type { RequestInfo } from '../request/request-info.js';

/** A flow schema, ready to be asked. */
export interface FlowSchemaRules {
  readonly name: string;
  readonly uid: string;
  readonly precedence: number;
  readonly level: string;
  readonly distinguisher: 'ByUser' | 'ByNamespace' | undefined;
  readonly matches: (user: UserInfo, info: RequestInfo) => boolean;
}

/** Pure. */
export function flowSchemaRules({ metadata, spec }: FlowSchema): FlowSchemaRules {
  const rules = spec.rules ?? [];
  const method = spec.distinguisherMethod?.type;
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    precedence: spec.matchingPrecedence ?? 0,
    level: spec.priorityLevelConfiguration.name,
    distinguisher: method === 'ByUser' || method === 'ByNamespace' ? method : undefined,
    matches: (user, info) =>
      rules.some(
        ({ subjects, resourceRules, nonResourceRules }) =>
          subjects.some((subject) => isSubject(subject, user)) &&
          (info.isResource
            ? (resourceRules ?? []).some((rule) => coversResource(rule, info))
            : (nonResourceRules ?? []).some((rule) => coversPath(rule, info))),
      ),
  };
}

/** The order in which schemas are asked: by precedence, of equals by name. */
export const byPrecedence = (a: FlowSchemaRules, b: FlowSchemaRules): number =>
  a.precedence - b.precedence || (a.name < b.name ? -1 : 1);

/** What tells the flows of a schema apart. */
export function distinguisherOf({ distinguisher }: FlowSchemaRules, user: UserInfo, info: RequestInfo): string {
  if (distinguisher === 'ByUser') return user.name;
  return distinguisher === 'ByNamespace' ? info.namespace : '';
}

const accountPrefix = 'system:serviceaccount:';

function isSubject({ kind, user, group, serviceAccount }: FlowcontrolSubject, who: UserInfo): boolean {
  if (kind === 'User') return user !== undefined && (user.name === '*' || user.name === who.name);
  if (kind === 'Group') return group !== undefined && (group.name === '*' || who.groups.includes(group.name));
  if (kind !== 'ServiceAccount' || !serviceAccount) return false;
  const ofNamespace = `${accountPrefix}${serviceAccount.namespace}:`;
  return serviceAccount.name === '*'
    ? who.name.startsWith(ofNamespace)
    : who.name === `${ofNamespace}${serviceAccount.name}`;
}

/** `*` is alone in its list: validation sees to that. */
const contains = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list[0] === '*' || list.includes(value));

function coversResource(rule: ResourcePolicyRule, info: RequestInfo): boolean {
  const { verb, group, resource, subresource, namespace } = info;
  return (
    contains(rule.verbs, verb) &&
    contains(rule.resources, subresource === '' ? resource : `${resource}/${subresource}`) &&
    contains(rule.apiGroups, group) &&
    (namespace === '' ? rule.clusterScope === true : contains(rule.namespaces, namespace))
  );
}

const coversPath = ({ verbs, nonResourceURLs }: NonResourcePolicyRule, { verb, path }: RequestInfo): boolean =>
  contains(verbs, verb) && nonResourceURLs.some((url) => url === '*' || url === path || path.startsWith(folder(url)));

/** A path covers what is below it, with or without a star at its end. */
function folder(url: string): string {
  const stem = url.endsWith('*') ? url.slice(0, -1) : url;
  return stem.endsWith('/') ? stem : `${stem}/`;
}
