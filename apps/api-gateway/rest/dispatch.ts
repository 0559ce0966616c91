import { resourceFacts, StatusError, type AnyResource } from '@shiplog/domain';
import { findEndpoint, type Gateway } from '../gateway.js';
import type { PipelineStep } from '../request-pipeline.js';
import type { Answer } from '../request/incoming-request.js';
import type { RequestInfo } from '../request/request-info.js';
import type { RequestContext } from '../request/request-context.js';
import { textAnswer } from '../request/status-answer.js';
import { deprecationOf } from './deprecations.js';
import type { Verb } from './resource-call.js';
import { create } from './verbs/create.js';
import { deleteCollection } from './verbs/delete-collection.js';
import { deleteOne } from './verbs/delete.js';
import { get } from './verbs/get.js';
import { list } from './verbs/list.js';
import { patch } from './verbs/patch.js';
import { scaleVerbs } from './verbs/scale.js';
import { update } from './verbs/update.js';
import { watch } from './verbs/watch.js';

/** What a request for a resource, or for its status, leads to. */
export const verbs: Readonly<Record<string, Verb>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: deleteOne,
  deletecollection: deleteCollection,
};

const unknownResource = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

const wrongMethod = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** The last step: finds what answers the request. */
export const dispatch: PipelineStep = async (context, gateway) => {
  const { info } = context;
  if (!info.isResource) return answerPath(context, gateway);
  const resource = gateway.resources.find({ group: info.group, version: info.version, plural: info.resource });
  if (!resource) {
    if (!gateway.resources.hasGroup(info.group)) return textAnswer(404, '404 page not found\n');
    throw unknownResource();
  }
  if (info.subresource !== '' || !resource.verbs.includes('get')) {
    const handler = gateway.subresources.find(
      ({ name, resource: { group, plural } }) =>
        name === info.subresource && group === info.group && plural === info.resource,
    );
    if (handler) {
      if (!handler.methods.includes(context.incoming.method)) throw wrongMethod();
      return handler.handle(context, resource, gateway);
    }
  }
  const verb = info.subresource === '' ? verbOf(resource, info.verb) : verbOfSubresource(resource, info);
  if (!verb || context.incoming.method === 'HEAD' || !fitsPath(resource, info)) throw wrongMethod();
  const deprecation = deprecationOf(resource);
  if (deprecation) context.warnings.push(deprecation);
  return verb({ context, gateway, resource });
};

/** Collections take POST, objects PUT and PATCH; collections of all namespaces can only be read. */
const fitsPath = ({ scope }: AnyResource, { verb, name, namespace }: RequestInfo): boolean =>
  ({
    create: name === '' && (scope === 'Cluster' || namespace !== ''),
    deletecollection: scope === 'Cluster' || namespace !== '',
    update: name !== '',
    patch: name !== '',
  })[verb] ?? true;

const verbOf = ({ verbs: allowed }: AnyResource, name: string): Verb | undefined =>
  allowed.includes(name) ? verbs[name] : undefined;

/** Parts of the object itself (status, finalize, …) are written like the object; scale has a shape of its own. */
function verbOfSubresource(resource: AnyResource, { subresource, verb }: RequestInfo): Verb | undefined {
  const facts = resourceFacts(resource)?.subresources.find(({ name }) => name === subresource);
  if (!facts) throw unknownResource();
  if (!facts.verbs.includes(verb)) return undefined;
  return subresource === 'scale' ? scaleVerbs[verb] : facts.kind === resource.kind ? verbs[verb] : undefined;
}

async function answerPath(context: RequestContext, gateway: Gateway): Promise<Answer> {
  const endpoint = findEndpoint(gateway, context.info.path);
  if (!endpoint) return unknownPath(context, gateway);
  if (!['GET', 'HEAD'].includes(context.incoming.method)) throw wrongMethod();
  return (await endpoint.handle(context)) ?? unknownPath(context, gateway);
}

/** Below an API group that is served even the unknown is answered as the API answers. */
function unknownPath({ info }: RequestContext, { resources }: Gateway): Answer {
  const [root, group = ''] = info.path.slice(1).split('/');
  if (root === 'api' ? group !== '' : root === 'apis' && group !== '' && resources.hasGroup(group))
    throw unknownResource();
  return textAnswer(404, '404 page not found\n');
}
