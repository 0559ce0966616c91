import { StatusError } from '@shiplog/domain';
import {
  jsonWebKeySet,
  type ServiceAccountKeys,
} from '../authentication/service-account-token/service-account-keys.js';
import type { PathEndpoint } from '../gateway.js';

export interface OpenIdSettings {
  readonly keys: ServiceAccountKeys;
  readonly issuer: string;
  /** Where others reach this API: `https://10.0.0.1:6443`. */
  readonly address: string;
}

const accepts = (accept: string | undefined, type: string): boolean =>
  !accept ||
  accept.split(',').some((range) => [type, 'application/*', '*/*'].includes(range.split(';')[0]?.trim() ?? ''));

const notAcceptable = (type: string): StatusError =>
  new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${type}`, {});

/** How others learn to verify service account tokens (OpenID Connect discovery). */
export const openIdEndpoints = ({ keys, issuer, address }: OpenIdSettings): readonly PathEndpoint[] => {
  const configuration = {
    issuer,
    jwks_uri: `${address}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  const cached = (type: string, value: unknown): PathEndpoint['handle'] => {
    const headers = { 'content-type': type, 'cache-control': 'public, max-age=3600' };
    const body = JSON.stringify(value);
    return ({ incoming }) => {
      if (!accepts(incoming.headers.accept, type)) throw notAcceptable(type);
      return { code: 200, headers, body };
    };
  };
  return [
    { path: '/.well-known/openid-configuration', handle: cached('application/json', configuration) },
    { path: '/openid/v1/jwks', handle: cached('application/jwk-set+json', jsonWebKeySet(keys)) },
  ];
};
