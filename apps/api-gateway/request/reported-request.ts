import type { RequestContext } from './request-context.js';
import type { RequestInfo } from './request-info.js';

const connections = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

const reported: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
  post: 'POST',
  put: 'PUT',
  head: 'GET',
};

/** The verb that metrics name: the method, except that reads tell what they read, and patches whether they apply. Source: kube-apiserver. */
export function reportedVerb({ info, incoming }: Pick<RequestContext, 'info' | 'incoming'>): string {
  if (info.isResource && connections.has(info.subresource)) return 'CONNECT';
  if (info.verb === 'patch' && incoming.headers['content-type']?.startsWith('application/apply-patch')) return 'APPLY';
  return reported[info.verb] ?? 'other';
}

/** How much a request is about: one object, a namespace, the cluster. */
export function scopeOf({ isResource, verb, name, namespace }: RequestInfo): string {
  if (!isResource) return '';
  if (name !== '' || verb === 'create') return 'resource';
  return namespace === '' ? 'cluster' : 'namespace';
}
