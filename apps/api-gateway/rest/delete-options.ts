import { badRequest, invalidObject, notSupported, FieldPath, type DeleteOptions } from '@shiplog/domain';
import { parse as parseYaml } from 'yaml';
import type { RequestContext } from '../request/request-context.js';
import { isSet } from '../request/request-info.js';
import { contentTypeOf, ensureDecodable, readBody } from './request-body.js';
import { wholeNumber } from './write-options.js';

export type RequestedDelete = DeleteOptions & { readonly dryRun?: readonly string[] };

/** metav1.DeleteOptions from the body, or else from the query. @throws BadRequest, Invalid, UnsupportedMediaType */
export async function decodeDeleteOptions(context: RequestContext): Promise<RequestedDelete> {
  const body = await readBody(context);
  const options = body.length > 0 ? fromBody(body, context) : fromQuery(context.incoming.query);
  ensureDryRun(options);
  return options;
}

/** @throws Invalid for a dry run of anything but all. */
export function ensureDryRun({ dryRun = [] }: RequestedDelete): void {
  if (dryRun.some((value) => value !== 'All'))
    throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
      notSupported(FieldPath.of('dryRun'), dryRun, ['All']),
    ]);
}

function fromBody(body: Buffer, context: RequestContext): RequestedDelete {
  const contentType = contentTypeOf(context);
  ensureDecodable(contentType);
  let value: unknown;
  try {
    value = contentType === 'application/yaml' ? parseYaml(body.toString('utf8')) : JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw badRequest(
      `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('the body of a delete must be DeleteOptions');
  const { kind } = value as { kind?: unknown };
  if (kind !== undefined && kind !== 'DeleteOptions')
    throw badRequest(`decoded object cannot be converted to DeleteOptions: it is a ${String(kind)}`);
  const { gracePeriodSeconds } = value as DeleteOptions;
  if (gracePeriodSeconds !== undefined && gracePeriodSeconds !== null && !Number.isInteger(gracePeriodSeconds))
    throw badRequest(
      'DeleteOptions in version "v1" cannot be handled as a DeleteOptions: gracePeriodSeconds must be a whole number',
    );
  return withoutNulls(value as Record<string, unknown>);
}

const withoutNulls = (value: Record<string, unknown>): RequestedDelete =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));

function fromQuery(query: URLSearchParams): RequestedDelete {
  const gracePeriodSeconds = wholeNumber(query, 'gracePeriodSeconds');
  const propagationPolicy = query.get('propagationPolicy');
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === null ? {} : { propagationPolicy }),
    ...(query.has('orphanDependents') ? { orphanDependents: isSet(query, 'orphanDependents') } : {}),
  };
}
