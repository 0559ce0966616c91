import { once } from 'node:events';
import {
  badRequest,
  historyApiVersion as apiVersion,
  historyRoot as root,
  notFound,
  parseRevision,
  StatusError,
  storedResource,
  toldChange,
  unavailable,
  type AnyResource,
  type CauseChain,
  type MomentRevisions,
  type ObjectHistory,
  type ObjectKey,
  type ResourceEvent,
  type ToldChange,
  type WithheldChange,
} from '@shiplog/domain';
import { forbiddenRequest, attributesOf, resourceAttributes } from '../authorization/attributes.js';
import type { Gateway, PathEndpoint } from '../gateway.js';
import type { Answer } from '../request/incoming-request.js';
import { isSet, resolveRequestInfo, type RequestInfo } from '../request/request-info.js';
import type { RequestContext } from '../request/request-context.js';
import { jsonAnswer } from '../request/status-answer.js';
import { keyOf } from './as-of.step.js';
import { auditEventOf } from './audit-event.js';
import { noHistory, type History } from './history.js';
import { parseMoment } from './moment.js';

const defaultVersions = 100;
const maxVersions = 1_000;

/**
 * The past beside the Kubernetes API, all by GET:
 *   /shiplog/v1/history<object path>?limit=&before=&status=true&content=true   an object's versions, newest first
 *   /shiplog/v1/why<object path>[?revision=]                                    the chain of causes that ends in the object's state
 *   /shiplog/v1/revisions[?at=<moment>]                                         the revision of each stream at a moment
 *   /shiplog/v1/audit[?since=<moment>][&until=<moment>]                         every change as audit.k8s.io/v1 lines
 * The first two ask whether the caller may `get` the object; the others are permitted by path, like any non-resource.
 */
export const historyEndpoints = (gateway: Gateway): readonly PathEndpoint[] => [
  // `anonymous`: who may read it is decided by the object, not by the path.
  { path: `${root}/history/*`, anonymous: true, handle: (context) => versions(context, gateway) },
  { path: `${root}/why/*`, anonymous: true, handle: (context) => why(context, gateway) },
  { path: `${root}/revisions`, handle: (context) => revisions(context, historyOf(gateway)) },
  { path: `${root}/audit`, handle: (context) => audit(context, historyOf(gateway)) },
];

function historyOf({ history }: Gateway): History {
  if (!history) throw unavailable('the past is not kept: this gateway has no database');
  return history;
}

interface AskedObject {
  readonly resource: AnyResource;
  readonly info: RequestInfo;
  readonly key: ObjectKey;
}

/** The object behind the prefix, if the caller may get it. @throws NotFound, Forbidden, BadRequest */
async function askedObject(context: RequestContext, gateway: Gateway, prefix: string): Promise<AskedObject> {
  const { user, info: asked, incoming } = context;
  const info = resolveRequestInfo('GET', asked.path.slice(prefix.length), new URLSearchParams());
  const resource = gateway.resources.find({ group: info.group, version: info.version, plural: info.resource });
  if (!resource || info.name === '' || info.subresource !== '')
    throw badRequest(
      `${prefix} goes in front of an object's path, such as /api/v1/namespaces/default/pods/web-1; got ${incoming.path}`,
    );
  const attributes = attributesOf(user, info, new URLSearchParams());
  const { decision, reason } = await gateway.authorize(attributes);
  if (decision !== 'allow') throw forbiddenRequest(attributes, reason);
  if (storedResource(resource).stream === 'LEASES') throw noHistory(resource.plural);
  return { resource, info, key: keyOf(resource, info.namespace, info.name) };
}

async function versions(context: RequestContext, gateway: Gateway): Promise<Answer> {
  const { query } = context.incoming;
  const { resource, info, key } = await askedObject(context, gateway, `${root}/history`);
  const history = historyOf(gateway);
  await history.revisionOf({ time: new Date() }, key.stream, context.signal);
  const limit = Math.min(maxVersions, Number(query.get('limit') ?? defaultVersions) || defaultVersions);
  const before = parseRevision(query.get('before') ?? '');
  const events = await history.reading(() =>
    history.reader.versionsOf(key, {
      limit,
      withoutStatus: !isSet(query, 'status'),
      ...(before === undefined ? {} : { before }),
    }),
  );
  if (events.length === 0 && before === undefined) throw notFound(resource, info.name);
  const last = events.length === limit ? events.at(-1) : undefined;
  const told: ObjectHistory = {
    kind: 'ObjectHistory',
    apiVersion,
    metadata: last ? { before: last.revision.toString() } : {},
    items: events.map((event) => toldChange(event, isSet(query, 'content'))),
  };
  return jsonAnswer(200, told);
}

async function why(context: RequestContext, gateway: Gateway): Promise<Answer> {
  const { query } = context.incoming;
  const { resource, info, key } = await askedObject(context, gateway, `${root}/why`);
  const history = historyOf(gateway);
  const present = await history.revisionOf({ time: new Date() }, key.stream, context.signal);
  const asked = query.get('revision');
  const revision = asked === null ? present : parseRevision(asked);
  if (revision === undefined) throw badRequest(`${JSON.stringify(asked)} is no revision`);
  const chain = await history.reading(async () => {
    const [latest] = await history.reader.versionsOf(key, { before: revision + 1n, limit: 1 });
    return latest && history.reader.causesOf(key.stream, latest.revision);
  });
  if (!chain) throw notFound(resource, info.name);
  const steps = await Promise.all(chain.map((event) => step(event, key, context, gateway)));
  const complete = chain[0]?.context.causationId === undefined;
  const told: CauseChain = { kind: 'CauseChain', apiVersion, complete, steps };
  return jsonAnswer(200, told);
}

async function step(
  event: ResourceEvent,
  asked: ObjectKey,
  { user }: RequestContext,
  gateway: Gateway,
): Promise<ToldChange | WithheldChange> {
  const { group, plural: resource, namespace, name, stream } = event.key;
  const isAsked =
    resource === asked.plural && group === asked.group && namespace === asked.namespace && name === asked.name;
  const attributes = resourceAttributes(user, { verb: 'get', group, resource, namespace, name });
  if (isAsked || (await gateway.authorize(attributes)).decision === 'allow') return toldChange(event, false);
  return { id: `${stream}/${event.revision}`, withheld: true };
}

async function revisions({ incoming, signal }: RequestContext, history: History): Promise<Answer> {
  const at = parseMoment(incoming.query.get('at') ?? 'now', new Date());
  const [resources, events] = await Promise.all([
    history.revisionOf(at, 'RESOURCES', signal),
    history.revisionOf(at, 'EVENTS', signal),
  ]);
  const told: MomentRevisions = {
    ...{ kind: 'Revisions', apiVersion },
    ...{ RESOURCES: resources.toString(), EVENTS: events.toString() },
  };
  return jsonAnswer(200, told);
}

async function audit({ incoming, signal }: RequestContext, history: History): Promise<Answer> {
  const { query, http } = incoming;
  if (!http) throw new StatusError(406, 'NotAcceptable', 'the audit log is a stream: ask for it over HTTPS');
  const now = new Date();
  const since = await history.revisionOf(parseMoment(query.get('since') ?? '0', now), 'RESOURCES', signal);
  const until = await history.revisionOf(parseMoment(query.get('until') ?? 'now', now), 'RESOURCES', signal);
  const { response } = http;
  return {
    stream: async () => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      for await (const events of history.reader.eventsBetween({ stream: 'RESOURCES' }, since, until, signal)) {
        const lines = events.map((event) => `${JSON.stringify(auditEventOf(event))}\n`).join('');
        if (!response.write(lines) && !response.destroyed) await once(response, 'drain', { signal });
      }
      response.end();
    },
  };
}
