import { badRequest, internalError, notFound, type KubeObject } from '@shiplog/domain';
import { confirmMayCreate } from '../container-stream.js';
import type { NodeConnection } from '../node-connection.js';
import { forward } from '../proxy/forward.js';
import type { SubresourceHandler } from '../subresource.js';
import { refusedUpgrade } from '../upgrade-refusal.js';

const pods = { group: '', plural: 'pods' };

/** pods/<name>/portforward: connections to a pod's ports, over WebSocket or SPDY. */
export const podPortForward = (nodes: NodeConnection): SubresourceHandler => ({
  resource: pods,
  name: 'portforward',
  methods: ['GET', 'POST'],
  handle: async (context, _resource, gateway) => {
    await confirmMayCreate(context, gateway);
    const { namespace, name } = context.info;
    const pod = await gateway.cache.latest({ ...pods, namespace, name }, context.signal);
    if (pod === undefined) throw notFound(pods, name);
    const node = nodeOf(pod);
    if (!node) throw badRequest(`pod ${name} does not have a host assigned`);
    if (!context.incoming.http?.upgrade) throw badRequest('Upgrade request required');
    const url = nodes.addressOf(node, gateway.cache);
    url.pathname = `/portForward/${namespace}/${name}`;
    const ports = context.incoming.query.getAll('ports').flatMap((list) => list.split(','));
    if (ports.length > 0) url.searchParams.set('port', ports.join(','));
    return forward(context, {
      url,
      agent: nodes.agent,
      check: refusedUpgrade,
      unreachable: (reason) => internalError(`error dialing backend: ${reason}`),
    });
  },
});

const nodeOf = (pod: KubeObject): string | undefined => (pod['spec'] as { nodeName?: string } | undefined)?.nodeName;
