import { FieldPath, invalidObject, required, type StatusError } from '@shiplog/domain';
import { streamFlags, streamToNode } from '../container-stream.js';
import type { NodeConnection } from '../node-connection.js';
import type { SubresourceHandler } from '../subresource.js';

/** pods/<name>/exec: runs a command in a container, its streams over WebSocket or SPDY. */
export const podExec = (nodes: NodeConnection): SubresourceHandler => ({
  resource: { group: '', plural: 'pods' },
  name: 'exec',
  methods: ['GET', 'POST'],
  handle: async (context, _resource, gateway) => {
    const command = context.incoming.query.getAll('command');
    const parameters = streamFlags(context.incoming.query);
    for (const word of command) parameters.append('command', word);
    return streamToNode(
      context,
      gateway,
      nodes,
      ({ namespace, pod, container }) => {
        if (command.length === 0) throw nothingToRun();
        return `/exec/${namespace}/${pod}/${container}`;
      },
      parameters,
    );
  },
});

const nothingToRun = (): StatusError =>
  invalidObject({ group: '', kind: 'PodExecOptions' }, '', [required(FieldPath.of('command'))]);
