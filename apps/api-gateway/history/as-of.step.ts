import {
  apiVersionOf,
  notFound,
  StatusError,
  storedResource,
  unavailable,
  type AnyResource,
  type ObjectKey,
  type Revision,
} from '@shiplog/domain';
import type { PipelineStep } from '../request-pipeline.js';
import type { Answer, IncomingRequest } from '../request/incoming-request.js';
import type { RequestContext } from '../request/request-context.js';
import { formatOf, objectAnswer, valueAnswer } from '../rest/object-answer.js';
import type { ResourceCall } from '../rest/resource-call.js';
import { shown } from '../rest/stored-view.js';
import { tableOf } from '../rest/table.js';
import { list } from '../rest/verbs/list.js';
import { CachedObject } from '../watch-cache/cached-object.js';
import type { History } from './history.js';
import { parsePastTime, type PastTime } from './moment.js';
import { watchThePast } from './watch-the-past.js';

const readOnly = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the past cannot be changed: use a path without /as-of/ to write', {});

const withoutPast = (what: string): StatusError =>
  new StatusError(405, 'MethodNotAllowed', `${what} has no past that could be read: only objects have`, {});

/** Requests under /as-of/: the state of that moment, by the rules of the present. What is no resource (discovery) is always of the present. */
export const answerAsOf: PipelineStep = async (context, gateway, next) => {
  const { info, incoming } = context;
  if (info.asOf === undefined || !info.isResource) return next();
  const resource = gateway.resources.find({ group: info.group, version: info.version, plural: info.resource });
  // Reviews only look like writes.
  if (!resource || !resource.verbs.includes('get')) return next();
  if (incoming.method !== 'GET') throw readOnly();
  if (info.subresource !== '' && info.subresource !== 'status') throw withoutPast(info.subresource);
  const { history } = gateway;
  if (!history) throw unavailable('the past is not kept: this gateway has no database');
  const past = parsePastTime(info.asOf, incoming.query.get('speed'), new Date());
  return answer({ context, gateway, resource }, history, past);
};

async function answer(call: ResourceCall, history: History, past: PastTime): Promise<Answer> {
  const { context, resource } = call;
  const { stream } = storedResource(resource);
  const begin = 'at' in past ? past.at : past.from;
  const revision = await history.revisionOf(begin, stream, context.signal);
  if (context.info.verb === 'get') return objectThen(call, history, revision);
  if (context.info.verb === 'list') return listThen(call, revision);
  if ('at' in past) return watchThePast(call, history, { from: revision, to: revision, speed: Infinity });
  const to = await history.revisionOf(past.to, stream, context.signal);
  return watchThePast(call, history, { from: revision, to: to < revision ? revision : to, speed: past.speed });
}

async function objectThen(call: ResourceCall, history: History, revision: Revision): Promise<Answer> {
  const { context, resource } = call;
  const { namespace, name } = context.info;
  const event = await history.objectAt(keyOf(resource, namespace, name), revision);
  if (!event) throw notFound(resource, name);
  const object = CachedObject.of(event, {});
  return objectAnswer(call, 200, resource.storedAs ? undefined : object.bytes, () => shown(resource, object.object));
}

export function keyOf(resource: AnyResource, namespace: string, name: string): ObjectKey {
  const { stream, group, plural, scope } = storedResource(resource);
  return { stream, group, plural, namespace: scope === 'Namespaced' ? namespace : '', name };
}

/** The same list as ever, pinned to a revision; a continue token has its own. */
function listThen(call: ResourceCall, revision: Revision): Promise<Answer> | Answer {
  const { context } = call;
  if (revision === 0n) return emptyList(call);
  const query = new URLSearchParams(context.incoming.query);
  if (!query.has('continue')) {
    query.set('resourceVersion', revision.toString());
    query.set('resourceVersionMatch', 'Exact');
  }
  return list({ ...call, context: withQuery(context, query) });
}

/** Before the first event there was nothing. */
function emptyList(call: ResourceCall): Answer {
  const { resource } = call;
  const format = formatOf(call);
  const meta = { resourceVersion: '0' };
  const { kind, apiVersion } =
    format.as === 'PartialObjectMetadata'
      ? { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${format.asVersion}` }
      : { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource) };
  const value =
    format.as === 'Table'
      ? tableOf(call, [], { version: format.asVersion, meta })
      : { kind, apiVersion, metadata: meta, items: [] };
  return valueAnswer(200, value, format);
}

const withQuery = (context: RequestContext, query: URLSearchParams): RequestContext => ({
  ...context,
  signal: context.signal,
  incoming: Object.create(context.incoming, { query: { value: query } }) as IncomingRequest,
});
