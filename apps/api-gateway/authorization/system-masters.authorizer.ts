import type { Authorizer } from './authorizer.js';

export const mastersGroup = 'system:masters';

/** The group whose members may do everything, whatever policies say: the way back in when those are broken. */
export const systemMastersAuthorizer: Authorizer = {
  name: 'SystemMasters',
  authorize: ({ user }) =>
    user.groups.includes(mastersGroup) ? { decision: 'allow', reason: '' } : { decision: 'no-opinion', reason: '' },
};
