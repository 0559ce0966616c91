import { podAttach } from './attach/attach.subresource.js';
import { legacyBinding, podBinding } from './binding/binding.subresource.js';
import { podEviction } from './eviction/eviction.subresource.js';
import { podExec } from './exec/exec.subresource.js';
import { podLog } from './log/log.subresource.js';
import type { NodeConnection } from './node-connection.js';
import { podPortForward } from './port-forward/port-forward.subresource.js';
import { nodeProxy, podProxy, serviceProxy } from './proxy/proxy.subresource.js';
import type { SubresourceHandler } from './subresource.js';
import { serviceAccountToken, type TokenIssuer } from './token/token.subresource.js';

export interface SubresourceParts {
  readonly nodes: NodeConnection;
  readonly tokenIssuer: TokenIssuer;
  readonly random: () => number;
}

/** Every subresource with behaviour of its own. Status and scale are not among them: they follow from the kind. */
export const subresources = ({ nodes, tokenIssuer, random }: SubresourceParts): readonly SubresourceHandler[] => [
  podBinding,
  legacyBinding,
  podEviction,
  podLog(nodes),
  podExec(nodes),
  podAttach(nodes),
  podPortForward(nodes),
  podProxy,
  serviceProxy(random),
  nodeProxy(nodes),
  serviceAccountToken(tokenIssuer),
];
