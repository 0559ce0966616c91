import { RequestClient, type ApiClient, type ApiTransport } from '@shiplog/client';

const nodesGroup = ['system:nodes'];

export const userOfNode = (name: string): string => `system:node:${name}`;

/** Whatever is sent in somebody's name is sent as by a node: it is one only within the group of nodes. */
export const asNodes = (transport: ApiTransport): ApiClient =>
  new RequestClient({
    send: (request, signal) =>
      transport.send(request.actAs ? { ...request, actAsGroups: nodesGroup } : request, signal),
  });

/**
 * The API as this node, over connections that all nodes of the process share: the API sees, permits and records exactly what it would
 * of a node with a certificate of its own.
 */
export const asNode = (transport: ApiTransport, name: string): ApiClient =>
  new RequestClient({
    send: (request, signal) => transport.send({ ...request, actAs: userOfNode(name), actAsGroups: nodesGroup }, signal),
  });
