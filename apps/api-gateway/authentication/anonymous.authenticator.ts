import type { UserInfo } from '@shiplog/domain';
import type { Authenticator } from './authenticator.js';

export const anonymousUser = 'system:anonymous';
export const unauthenticatedGroup = 'system:unauthenticated';
export const authenticatedGroup = 'system:authenticated';

/** Whoever shows no credentials at all. What they may do is up to the policies (health and version, by default). */
export const anonymousAuthenticator: Authenticator = {
  name: 'Anonymous',
  authenticate: () => Promise.resolve({ name: anonymousUser, groups: [unauthenticatedGroup] }),
};

/** Everybody known belongs to system:authenticated. */
export const asAuthenticated = (user: UserInfo): UserInfo =>
  user.groups.includes(authenticatedGroup) || user.groups.includes(unauthenticatedGroup)
    ? user
    : { ...user, groups: [...user.groups, authenticatedGroup] };
