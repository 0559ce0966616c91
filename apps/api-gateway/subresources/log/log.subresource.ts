import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { badRequest, internalError, StatusError } from '@shiplog/domain';
import type { NodeConnection } from '../node-connection.js';
import { podTarget } from '../pod-target.js';
import { forward } from '../proxy/forward.js';
import type { SubresourceHandler } from '../subresource.js';
import { logParameters } from './log-options.js';

/** GET pods/<name>/log: what a container has written, as a stream from its node. */
export const podLog = (nodes: NodeConnection): SubresourceHandler => ({
  resource: { group: '', plural: 'pods' },
  name: 'log',
  methods: ['GET'],
  handle: async (context, _resource, { cache }) => {
    const { query } = context.incoming;
    const parameters = logParameters(query, context.info.name);
    const target = await podTarget(cache, context.info, query.get('container') ?? '', context.signal);
    if (target.node === '') return { code: 204, headers: {}, body: '' };
    const url = nodes.addressOf(target.node, cache);
    url.pathname = `/containerLogs/${target.namespace}/${target.pod}/${target.container}`;
    url.search = parameters.toString();
    return forward(context, {
      url,
      agent: nodes.agent,
      rewrite: ({ 'content-type': _type, ...headers }) => ({ ...headers, 'content-type': 'text/plain' }),
      check: (response) => confirmFound(response, target.pod),
      unreachable: (reason) => new StatusError(500, 'Unknown', `Get ${JSON.stringify(url.href)}: ${reason}`),
    });
  },
});

/** An agent answers failures in plain text; clients expect a Status. */
async function confirmFound(response: IncomingMessage, pod: string): Promise<void> {
  const code = response.statusCode ?? 500;
  if (code >= 200 && code <= 206) return;
  const message = (await text(response)).slice(0, 50_000);
  if (code === 500) throw internalError(message);
  if (code === 400) throw badRequest(message);
  const causes = [{ reason: 'UnexpectedServerResponse', message }];
  throw new StatusError(
    code,
    code === 404 ? 'NotFound' : 'Unknown',
    code === 404
      ? `the server could not find the requested resource ( pods/log ${pod})`
      : `the server responded with the status code ${code} but did not return more information ( pods/log ${pod})`,
    { name: pod, kind: 'pods/log', causes },
  );
}
