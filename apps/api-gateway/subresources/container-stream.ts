import { badRequest, internalError } from '@shiplog/domain';
import { forbiddenRequest, attributesOf } from '../authorization/attributes.js';
import type { Gateway } from '../gateway.js';
import type { Answer } from '../request/incoming-request.js';
import type { RequestContext } from '../request/request-context.js';
import type { NodeConnection } from './node-connection.js';
import { forward } from './proxy/forward.js';
import { podTarget, type PodTarget } from './pod-target.js';
import { refusedUpgrade } from './upgrade-refusal.js';

/** Upgrades come as POST (SPDY) or GET (WebSocket); both act in a container, so both need permission to create. */
export async function confirmMayCreate(
  { user, info, incoming }: RequestContext,
  { authorize }: Gateway,
): Promise<void> {
  if (incoming.method !== 'GET') return;
  const attributes = { ...attributesOf(user, info, incoming.query), verb: 'create' };
  const { decision, reason } = await authorize(attributes);
  if (decision !== 'allow') throw forbiddenRequest(attributes, reason);
}

/** Hands an upgraded connection on to the agent of the pod's node, at the path that `pathOf` gives, which may refuse once the pod is known. */
export async function streamToNode(
  context: RequestContext,
  gateway: Gateway,
  nodes: NodeConnection,
  pathOf: (target: PodTarget) => string,
  parameters: URLSearchParams,
): Promise<Answer> {
  await confirmMayCreate(context, gateway);
  const container = context.incoming.query.get('container') ?? '';
  const target = await podTarget(gateway.cache, context.info, container, context.signal);
  if (target.node === '') throw badRequest(`pod ${target.pod} does not have a host assigned`);
  if (!context.incoming.http?.upgrade) throw badRequest('Upgrade request required');
  const url = nodes.addressOf(target.node, gateway.cache);
  url.pathname = pathOf(target);
  url.search = parameters.toString();
  return forward(context, {
    url,
    agent: nodes.agent,
    check: refusedUpgrade,
    unreachable: (reason) => internalError(`error dialing backend: ${reason}`),
  });
}

const flags = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' } as const;
const isTrue = (value: string | null): boolean => value !== null && !['', '0', 'false'].includes(value.toLowerCase());

/** Which streams are wanted, in the words of the node's agent. */
export function streamFlags(query: URLSearchParams): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [ours, theirs] of Object.entries(flags)) if (isTrue(query.get(ours))) parameters.set(theirs, '1');
  return parameters;
}
