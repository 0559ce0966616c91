import {
  badRequest,
  conflict,
  hasReason,
  labelMatcher,
  matchesLabels,
  metaTime,
  notFound,
  StatusError,
  timeout,
  type AnyResource,
  type DeleteOptions,
  type KubeObject,
  type Pod,
  type PodDisruptionBudget,
  type WriteRequest,
} from '@shiplog/domain';
import type { Gateway } from '../../gateway.js';
import { writeRequest } from '../../rest/write-options.js';
import { successAnswer } from '../action-answer.js';
import { actionKind, decodeAction } from '../action-body.js';
import { setCondition } from '../binding/bound-pod.js';
import type { SubresourceHandler } from '../subresource.js';
import { disruptsNothing, isReady, sparesUnhealthy, stillProcessed, withDisruption } from './disruption-budget.js';

interface Eviction extends KubeObject {
  deleteOptions?: DeleteOptions & { dryRun?: string[] };
}

const kind = actionKind('policy', 'Eviction');
const pods = { group: '', plural: 'pods' };
const budgets = { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' };

/** POST pods/<name>/eviction: a delete that asks the pod's disruption budget first. */
export const podEviction: SubresourceHandler = {
  resource: pods,
  name: 'eviction',
  methods: ['POST'],
  handle: async (context, resource, gateway) => {
    const { namespace, name } = context.info;
    const eviction = await decodeAction<Eviction>(context, gateway, kind, 'policy/v1beta1');
    if (eviction.metadata.name !== name) throw badRequest('name in URL does not match name in Eviction object');
    const options = eviction.deleteOptions ?? {};
    const asked = writeRequest(context, 'CreateOptions');
    const request = { ...asked, dryRun: asked.dryRun || (options.dryRun ?? []).includes('All') };
    const pod = await gateway.cache.latest<Pod>({ ...pods, namespace, name }, context.signal);
    if (pod === undefined) throw notFound(pods, name);
    const now = metaTime(context.receivedAt);
    const precondition = disruptsNothing(pod) ? undefined : await spend(gateway, pod, request, now);
    try {
      await evict(gateway, resource, pod, options, precondition, request, now);
    } catch (error) {
      // The pod has become healthy meanwhile: its budget must be asked after all.
      if (precondition && hasReason(error, 'Conflict')) throw stillProcessed(precondition.budget);
      throw error;
    }
    return successAnswer(context);
  },
};

interface Precondition {
  readonly budget: string;
  readonly resourceVersion: string | undefined;
}

/** Takes the disruption from the pod's budget, if it has one. A pod that may go for being unhealthy must still be so when it goes. */
async function spend(
  { cache, registry, resources }: Gateway,
  pod: Pod,
  request: WriteRequest,
  now: string,
): Promise<Precondition | undefined> {
  const { namespace = '', name = '', labels = {} } = pod.metadata;
  const all = cache.list<PodDisruptionBudget>(budgets, namespace);
  const [budget, another] = all.filter(({ spec }) => matchesLabels(labelMatcher(spec.selector), labels));
  if (another)
    throw new StatusError(
      500,
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  const resource = resources.find(budgets);
  if (budget === undefined || resource === undefined) return undefined;
  const budgetName = budget.metadata.name ?? '';
  if (!isReady(pod) && sparesUnhealthy(budget))
    return { budget: budgetName, resourceVersion: pod.metadata.resourceVersion };
  const take = (current: KubeObject): KubeObject =>
    withDisruption(structuredClone(current) as PodDisruptionBudget, name, now);
  try {
    await registry.update(resource, namespace, budgetName, take, { ...request, subresource: 'status' });
  } catch (error) {
    if (!hasReason(error, 'Conflict')) throw error;
    throw timeout(`couldn't update PodDisruptionBudget ${JSON.stringify(budgetName)} due to conflicts`, 10);
  }
  return undefined;
}

async function evict(
  { registry }: Gateway,
  resource: AnyResource,
  { metadata }: Pod,
  options: DeleteOptions,
  precondition: Precondition | undefined,
  request: WriteRequest,
  now: string,
): Promise<void> {
  const { namespace = '', name = '' } = metadata;
  let preconditions = {
    ...options.preconditions,
    ...(precondition?.resourceVersion ? { resourceVersion: precondition.resourceVersion } : {}),
  };
  if (!request.dryRun) {
    const mark = (current: KubeObject): KubeObject => {
      const { uid, resourceVersion } = current.metadata;
      if (preconditions.uid && preconditions.uid !== uid)
        throw conflict(
          { group: '', plural: 'Pod' },
          name,
          `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
        );
      if (preconditions.resourceVersion && preconditions.resourceVersion !== resourceVersion)
        throw conflict(
          { group: '', plural: 'Pod' },
          name,
          `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
        );
      const pod = structuredClone(current) as Pod;
      setCondition(
        pod,
        {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'EvictionByEvictionAPI',
          message: 'Eviction API: evicting',
        },
        now,
      );
      return pod;
    };
    const marked = await registry.update(resource, namespace, name, mark, { ...request, subresource: 'status' });
    if (preconditions.resourceVersion)
      preconditions = { ...preconditions, resourceVersion: marked.object.metadata.resourceVersion ?? '' };
  }
  await registry.delete(
    resource,
    namespace,
    name,
    { ...options, preconditions },
    { ...request, verb: 'delete', subresource: '' },
  );
}
