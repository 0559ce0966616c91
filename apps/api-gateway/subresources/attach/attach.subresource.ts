import { streamFlags, streamToNode } from '../container-stream.js';
import type { NodeConnection } from '../node-connection.js';
import type { SubresourceHandler } from '../subresource.js';

/** pods/<name>/attach: the streams of what runs in a container already. */
export const podAttach = (nodes: NodeConnection): SubresourceHandler => ({
  resource: { group: '', plural: 'pods' },
  name: 'attach',
  methods: ['GET', 'POST'],
  handle: (context, _resource, gateway) =>
    streamToNode(
      context,
      gateway,
      nodes,
      ({ namespace, pod, container }) => `/attach/${namespace}/${pod}/${container}`,
      streamFlags(context.incoming.query),
    ),
});
