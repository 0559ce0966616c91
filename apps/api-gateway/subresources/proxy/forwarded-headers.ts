import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** Headers that speak of one connection, not of the request. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const bearerProtocol = 'base64url.bearer.authorization.k8s.io.';

/** Who asks is between the client and us: what lies behind must not learn its credentials. */
const isCredential = (name: string): boolean => name === 'authorization' || name.startsWith('impersonate-');

/** What a backend gets to see of a request's headers. Pure. */
export function requestHeaders(headers: IncomingHttpHeaders, target: URL, upgrades: boolean): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !isCredential(name));
  const protocols = headers['sec-websocket-protocol']
    ?.split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => !protocol.startsWith(bearerProtocol));
  return {
    ...Object.fromEntries(kept),
    ...(protocols ? { 'sec-websocket-protocol': protocols.join(', ') } : {}),
    ...(upgrades ? { connection: 'Upgrade', upgrade: headers.upgrade } : {}),
    ...(headers['transfer-encoding'] ? { 'transfer-encoding': headers['transfer-encoding'] } : {}),
    host: target.host,
  };
}

/** What a client gets to see of a backend's headers. Pure. */
export const responseHeaders = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
