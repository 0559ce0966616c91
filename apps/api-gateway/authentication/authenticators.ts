import type { ObjectReader } from '@shiplog/domain';
import { anonymousAuthenticator, asAuthenticated } from './anonymous.authenticator.js';
import type { Authenticator } from './authenticator.js';
import { bearerTokenAuthenticator } from './bearer-token.authenticator.js';
import { bootstrapTokenAuthenticator } from './bootstrap-token.authenticator.js';
import { clientCertificateAuthenticator } from './client-certificate.authenticator.js';
import type { ServiceAccountKeys } from './service-account-token/service-account-keys.js';
import { serviceAccountTokenAuthenticator } from './service-account-token/service-account-token.authenticator.js';
import { staticTokenAuthenticator } from './static-token.authenticator.js';
import type { TokenAuthenticator } from './token-authenticator.js';

export interface AuthenticationSettings {
  readonly keys: ServiceAccountKeys;
  readonly issuer: string;
  /** Whom a token must be meant for to be good here. */
  readonly audiences: readonly string[];
  readonly tokenFile?: string;
  readonly read: ObjectReader;
  readonly now: () => Date;
}

/** The sorts of bearer tokens, in the order in which they are tried. TokenReview asks the same. */
export const tokenAuthenticators = (settings: AuthenticationSettings): readonly TokenAuthenticator[] => [
  ...(settings.tokenFile ? [staticTokenAuthenticator(settings.tokenFile)] : []),
  serviceAccountTokenAuthenticator(settings),
  bootstrapTokenAuthenticator(settings.read, settings.now),
];

/** Everything that can tell who asks, in the order of asking. The last always answers. */
export const authenticators = (
  tokens: readonly TokenAuthenticator[],
  audiences: readonly string[],
): readonly Authenticator[] => [
  known(clientCertificateAuthenticator),
  known(bearerTokenAuthenticator(tokens, audiences)),
  anonymousAuthenticator,
];

const known = (authenticator: Authenticator): Authenticator => ({
  name: authenticator.name,
  authenticate: async (request, signal) => {
    const user = await authenticator.authenticate(request, signal);
    return user && asAuthenticated(user);
  },
});
