import { unauthorized, type UserInfo } from '@shiplog/domain';
import type { Authenticator } from '../authentication/authenticator.js';
import type { IncomingRequest } from './incoming-request.js';

const tokenLifeMs = 10_000;
const maxTokens = 10_000;

/** Remembers who is behind a connection (its certificate) and, for ten seconds, behind a token, so that a request rarely costs a signature check. */
export class AuthenticationMemory {
  private readonly connections = new WeakMap<object, { readonly user: UserInfo; readonly certified: boolean }>();
  private readonly tokens = new Map<string, { readonly user: UserInfo; readonly until: number }>();

  constructor(
    private readonly authenticators: readonly Authenticator[],
    private readonly now: () => number = Date.now,
  ) {}

  /** The user of a request; what the authenticators say. @throws Unauthorized for credentials that do not hold. */
  async identify(request: IncomingRequest, signal: () => AbortSignal): Promise<UserInfo> {
    if (request.trustedUser) return request.trustedUser;
    const credentials = request.headers.authorization;
    const connection = request.http?.request.socket;
    const met = connection && this.connections.get(connection);
    // A certificate speaks for all of its connection: what it proves must never be remembered for a token shown beside it.
    if (met && (met.certified || credentials === undefined)) return met.user;
    const certified = met === undefined && request.clientCertificate !== undefined;
    const byToken = credentials !== undefined && !certified;
    const known = byToken ? this.knownToken(credentials) : undefined;
    if (known) return known;
    const user = await this.ask(request, signal());
    if (byToken) this.remember(credentials, user);
    else if (connection) this.connections.set(connection, { user, certified });
    return user;
  }

  private knownToken(credentials: string): UserInfo | undefined {
    const known = this.tokens.get(credentials);
    return known && known.until > this.now() ? known.user : undefined;
  }

  private remember(credentials: string, user: UserInfo): void {
    if (this.tokens.size >= maxTokens) this.tokens.clear();
    this.tokens.set(credentials, { user, until: this.now() + tokenLifeMs });
  }

  private async ask(request: IncomingRequest, signal: AbortSignal): Promise<UserInfo> {
    for (const authenticator of this.authenticators) {
      const user = await authenticator.authenticate(request, signal);
      if (user) return user;
    }
    throw unauthorized();
  }
}
