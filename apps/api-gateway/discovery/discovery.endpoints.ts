import { builtInDiscovery, builtInOpenApi, type DiscoveryAnswer, type OpenApiAnswer } from '@shiplog/domain';
import type { PathEndpoint } from '../gateway.js';
import type { Answer, IncomingRequest } from '../request/incoming-request.js';
import type { RequestContext } from '../request/request-context.js';

const inCluster = 'kubernetes.default.svc:443';

/** The path is asked of `info`: under /as-of/ the documents are those of the present. */
type Asked = Pick<RequestContext, 'incoming' | 'info'>;
type Document = DiscoveryAnswer | OpenApiAnswer;

/** The document, or 304 for a client that has it already; undefined if there is none. */
function documentAnswer(
  { headers }: IncomingRequest,
  document: Document | undefined,
  cacheControl: string,
): Answer | undefined {
  if (!document) return undefined;
  const { etag, contentType, body } = document;
  const shared = { etag, vary: 'Accept', 'cache-control': cacheControl };
  return headers['if-none-match'] === etag
    ? { code: 304, headers: shared, body: '' }
    : { code: 200, headers: { ...shared, 'content-type': contentType }, body };
}

/** Clients ask for JSON or for the protobuf of one version of OpenAPI, and are given JSON where there is no other form. */
const describable = (accept: string | undefined): boolean =>
  !accept || /(^|,)\s*(\*\/\*|application\/(\*|json|com\.github\.proto-openapi))/.test(accept);

const nothing = (code: 404 | 406): Answer => ({ code, headers: {}, body: '' });

/** What is served, and in which shape: the documents that clients read before anything else. */
export function discoveryEndpoints(): PathEndpoint[] {
  const discovery = builtInDiscovery(inCluster);
  const openApi = builtInOpenApi();
  const discover = ({ incoming, info }: Asked): Answer | undefined =>
    documentAnswer(incoming, discovery.answer(info.path, incoming.headers.accept), 'public');
  const describe = async ({ incoming, info }: Asked): Promise<Answer | undefined> => {
    if (info.path !== '/openapi/v3' && !describable(incoming.headers.accept)) return nothing(406);
    const answer = documentAnswer(
      incoming,
      await openApi.answer(info.path, incoming.headers.accept),
      // A path with a hash always answers the same.
      incoming.query.has('hash') ? 'public, max-age=31536000, immutable' : 'no-cache, private',
    );
    return answer ?? nothing(404);
  };
  return [
    ...['/api', '/api/*', '/apis', '/apis/*'].map((path) => ({ path, handle: discover })),
    ...['/openapi/v2', '/openapi/v3', '/openapi/v3/*'].map((path) => ({ path, handle: describe })),
  ];
}
