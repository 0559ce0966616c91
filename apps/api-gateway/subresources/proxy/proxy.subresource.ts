import { badRequest, unavailable } from '@shiplog/domain';
import type { Gateway } from '../../gateway.js';
import type { RequestContext } from '../../request/request-context.js';
import type { NodeConnection } from '../node-connection.js';
import type { SubresourceHandler } from '../subresource.js';
import { forward, type Backend } from './forward.js';
import { isProxyable, parseProxyName, podLocation, serviceLocation } from './locations.js';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** `/api/v1/namespaces/a/pods/web:80/proxy/x/y`: everything up to `proxy`, and what follows it. */
const proxyPath = /^(\/api\/v1\/(?:namespaces\/[^/]+\/)?[a-z]+\/[^/]+\/proxy)(\/.*)?$/;

/** An HTTP way to what runs behind a pod, a Service or a node's agent; `locate` says where that is. */
const proxyHandler = (
  plural: string,
  locate: (context: RequestContext, gateway: Gateway) => Pick<Backend, 'url' | 'agent' | 'insecure'>,
): SubresourceHandler => ({
  resource: { group: '', plural },
  name: 'proxy',
  methods,
  handle: async (context, _resource, gateway) => {
    const { path, query, method, headers } = context.incoming;
    const [, prefix = '', rest] = proxyPath.exec(path) ?? [];
    const search = query.size > 0 ? `?${query}` : '';
    if (rest === undefined && (method === 'GET' || method === 'HEAD'))
      return { code: 301, headers: { location: `${path}/${search}` }, body: '' };
    const { url: base, ...way } = locate(context, gateway);
    const url = new URL(base.href);
    url.pathname = rest ?? '/';
    url.search = search;
    return forward(context, {
      ...way,
      url,
      headers: {
        'x-forwarded-uri': path,
        ...(headers.host ? { 'x-forwarded-host': headers.host } : {}),
        'x-forwarded-proto': 'https',
      },
      rewrite: (answer) =>
        answer.location ? { ...answer, location: throughProxy(answer.location, base, prefix) } : answer,
      unreachable: (reason) => unavailable(`error trying to reach service: ${reason}`),
    });
  },
});

/** A redirect within the backend must lead the client back through the proxy. */
export function throughProxy(location: string, base: URL, prefix: string): string {
  if (!URL.canParse(location, base.href)) return location;
  const target = new URL(location, base.href);
  const isAbsolute = location.startsWith('/') || target.host === base.host;
  if (target.host !== base.host || !isAbsolute) return location;
  return location.startsWith('/') || URL.canParse(location)
    ? `${prefix}${target.pathname}${target.search}${target.hash}`
    : location;
}

export const podProxy = proxyHandler('pods', ({ info }, { cache }) => ({
  url: podLocation(cache, info.namespace, info.name),
  insecure: true,
}));

export const serviceProxy = (random: () => number): SubresourceHandler =>
  proxyHandler('services', ({ info }, { cache }) => ({
    url: serviceLocation(cache, info.namespace, info.name, random),
    insecure: true,
  }));

export const nodeProxy = (nodes: NodeConnection): SubresourceHandler =>
  proxyHandler('nodes', ({ info }, { cache }) => {
    const wanted = parseProxyName(info.name);
    if (!wanted) throw badRequest(`invalid node request ${JSON.stringify(info.name)}`);
    const agentUrl = nodes.addressOf(wanted.name, cache);
    if (wanted.port === '' || wanted.port === agentUrl.port) return { url: agentUrl, agent: nodes.agent };
    if (!isProxyable(agentUrl.hostname.replaceAll(/[[\]]/g, ''))) throw badRequest('address not allowed');
    return { url: new URL(`${wanted.scheme}://${agentUrl.hostname}:${wanted.port}`), insecure: true };
  });
