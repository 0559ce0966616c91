import { unauthorized } from '@shiplog/domain';
import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticator } from './authenticator.js';
import { authenticateToken, type TokenAuthenticator } from './token-authenticator.js';

const protocolPrefix = 'base64url.bearer.authorization.k8s.io.';

/** The token of `Authorization: Bearer`, or of a WebSocket from a browser, which can send it only as a protocol name. */
export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  const token = /^bearer +(\S+)/i.exec(headers.authorization?.trim() ?? '')?.[1];
  if (token !== undefined) return token;
  const protocols = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  const encoded = protocols.find((name) => name.startsWith(protocolPrefix))?.slice(protocolPrefix.length);
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString('utf8');
}

/** Whoever shows a token must show a good one: nobody falls back to being anonymous. */
export const bearerTokenAuthenticator = (
  sorts: readonly TokenAuthenticator[],
  audiences: readonly string[],
): Authenticator => ({
  name: 'BearerToken',
  authenticate: async ({ headers }, signal) => {
    const token = bearerToken(headers);
    if (token === undefined) return undefined;
    const answer = await authenticateToken(sorts, token, audiences, signal);
    if ('refused' in answer) throw unauthorized();
    return answer.user;
  },
});
