import { StatusError, type Status } from '@shiplog/domain';
import type { Cause, ObjectRef, PatchType, ResourceRef } from '../api-client.js';

/** One request to the API, whatever carries it. `path` includes the query; `body` is plain data. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
  readonly cause?: Cause;
  readonly actAs?: string;
  /** The groups that it acts in as that user; a node is one only within its group. */
  readonly actAsGroups?: readonly string[];
}

/** What the API answered: the code and the decoded JSON (or the text of an answer that is no JSON). */
export interface ApiAnswer {
  readonly code: number;
  readonly body: unknown;
}

/** Carries requests to the API. Rejects only when no answer could be had; an error that the API answered is an answer. */
export interface ApiTransport {
  send(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer>;
}

export const patchContentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** `/apis/apps/v1/namespaces/default/deployments/web/status`. */
export function pathOf(ref: ResourceRef & Partial<Pick<ObjectRef, 'name' | 'subresource'>>): string {
  const root = ref.group === '' ? ['api', ref.version] : ['apis', ref.group, ref.version];
  const scope = ref.namespace ? ['namespaces', ref.namespace] : [];
  const object = [ref.plural, ref.name, ...(ref.subresource?.split('/') ?? [])];
  return [...root, ...scope, ...object].map((part) => (part ? `/${encodeURIComponent(part)}` : '')).join('');
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path with every parameter that has a value. */
export function withQuery(path: string, query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? path : `${path}?${given}`;
}

const isStatus = (body: unknown): body is Status =>
  typeof body === 'object' && body !== null && (body as { kind?: unknown }).kind === 'Status';

/** The answer's body, or the StatusError that it is. */
export function bodyOf<T>({ code, body }: ApiAnswer): T {
  if (code < 400) return body as T;
  if (isStatus(body)) throw StatusError.fromStatus({ ...body, code: body.code ?? code });
  throw new StatusError(code, 'Unknown', typeof body === 'string' ? body.trim() : `the server answered ${code}`);
}
