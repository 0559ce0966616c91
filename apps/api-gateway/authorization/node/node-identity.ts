import type { UserInfo } from '@shiplog/domain';

const userPrefix = 'system:node:';
export const nodesGroup = 'system:nodes';

/** The node that a user is: named `system:node:<name>` and of the group system:nodes. '' for a node without a name. */
export const nodeNameOf = ({ name, groups }: UserInfo): string | undefined =>
  groups.includes(nodesGroup) && name.startsWith(userPrefix) ? name.slice(userPrefix.length) : undefined;
