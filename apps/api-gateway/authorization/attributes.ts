import { StatusError, type UserInfo } from '@shiplog/domain';
import type { RequestInfo } from '../request/request-info.js';
import type { AuthorizationAttributes, FieldRequirement } from './authorizer.js';

/** The `field=value` parts of a field selector; what is not an equality grants nobody anything and is left out. */
export const fieldEqualities = (selector: string): FieldRequirement[] =>
  selector.split(',').flatMap((part) => {
    const match = /^([^=!]+)==?([^=]*)$/.exec(part.trim());
    return match ? [{ field: match[1] ?? '', value: match[2] ?? '' }] : [];
  });

/** What a request asks permission for. */
export const attributesOf = (user: UserInfo, info: RequestInfo, query: URLSearchParams): AuthorizationAttributes => {
  const fieldSelector = query.get('fieldSelector');
  return {
    user,
    verb: info.verb,
    isResource: info.isResource,
    group: info.group,
    version: info.version,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    path: info.path,
    ...(fieldSelector ? { fieldSelector: fieldEqualities(fieldSelector) } : {}),
  };
};

/** A question about a resource with all that is not named left open. */
export const resourceAttributes = (
  user: UserInfo,
  asked: Pick<AuthorizationAttributes, 'verb' | 'group' | 'resource'> & Partial<AuthorizationAttributes>,
): AuthorizationAttributes => ({
  version: '*',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
  ...asked,
  user,
  isResource: true,
});

const quote = (text: string): string => JSON.stringify(text);

function refusal({ user, verb, isResource, path, namespace, group, ...asked }: AuthorizationAttributes): string {
  if (!isResource) return `User ${quote(user.name)} cannot ${verb} path ${quote(path)}`;
  const resource = asked.subresource === '' ? asked.resource : `${asked.resource}/${asked.subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`;
  return `User ${quote(user.name)} cannot ${verb} resource ${quote(resource)} in API group ${quote(group)} ${where}`;
}

/** Keeps a message from looking like HTML to whoever shows it. */
const withoutMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** 403 as clients know it: who may not do what where, and what the authorizers had to say. */
export function forbiddenRequest(asked: AuthorizationAttributes, reason: string): StatusError {
  const why = `${withoutMarkup(refusal(asked))}${reason === '' ? '' : `: ${reason}`}`;
  const resource = asked.group === '' ? asked.resource : `${asked.resource}.${asked.group}`;
  const what = resource === '' ? '' : asked.name === '' ? `${resource} is ` : `${resource} ${quote(asked.name)} is `;
  return new StatusError(403, 'Forbidden', `${what}forbidden: ${why}`, {
    ...(asked.name === '' ? {} : { name: asked.name }),
    ...(asked.group === '' ? {} : { group: asked.group }),
    ...(asked.resource === '' ? {} : { kind: asked.resource }),
  });
}
