import { StatusError } from '@shiplog/domain';
import type { RequestContext } from '../request/request-context.js';

/** As upstream: 3 MiB, counted on the wire. */
export const maxBodyBytes = 3 * 1024 * 1024;

/** Media type without parameters; JSON where the client says nothing. */
export const contentTypeOf = ({ incoming }: RequestContext): string =>
  (incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() || 'application/json';

export const readBody = ({ incoming }: RequestContext): Promise<Buffer> => incoming.body(maxBodyBytes);

const decodable = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/cbor'];

export function ensureDecodable(contentType: string): void {
  if (decodable.slice(0, 3).includes(contentType)) return;
  throw new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${decodable.slice(0, 3).join(', ')}`,
  );
}
