import {
  badRequest,
  FieldPath,
  hasReason,
  invalid,
  invalidObject,
  notFound,
  validateDeleteOptions,
  type KubeObject,
  type Pod,
} from '@shiplog/domain';
import { ensureDryRun, type RequestedDelete } from '../../rest/delete-options.js';
import { writeRequest } from '../../rest/write-options.js';
import { successAnswer } from '../action-answer.js';
import { actionKind, decodeAction } from '../action-body.js';
import type { SubresourceHandler } from '../subresource.js';
import { disruptsNothing, hasEndedOrIsGoing, stillProcessed } from './disruption-budget.js';
import { removePod, type Eviction } from './pod-removal.js';
import { spendBudget } from './spend-budget.js';

interface EvictionBody extends KubeObject {
  deleteOptions?: RequestedDelete & { ignoreStoreReadErrorWithClusterBreakingPotential?: boolean };
}

const kind = actionKind('policy', 'Eviction');
const pods = { group: '', plural: 'pods' };
const maxAttempts = 20;

/** POST pods/<name>/eviction: a delete that asks the pod's disruption budget first. */
export const podEviction: SubresourceHandler = {
  resource: pods,
  name: 'eviction',
  methods: ['POST'],
  handle: async (context, resource, gateway) => {
    const { namespace, name } = context.info;
    const body = await decodeAction<EvictionBody>(context, gateway, kind, 'policy/v1beta1');
    if (body.metadata.name !== name) throw badRequest('name in URL does not match name in Eviction object');
    const options = deleteOptions(body);
    const asked = writeRequest(context, 'CreateOptions');
    const request = { ...asked, dryRun: asked.dryRun || (options.dryRun ?? []).includes('All') };
    const look = async (): Promise<Pod> => {
      const pod = await gateway.cache.latest<Pod>({ ...pods, namespace, name }, context.signal);
      if (pod === undefined) throw notFound(pods, name);
      return pod;
    };
    await untilSettled(look, (pod) => evict({ gateway, resource, pod, options, request, now: context.receivedAt }));
    return successAnswer(context);
  },
};

/** @throws Invalid */
function deleteOptions({ metadata, deleteOptions: options = {} }: EvictionBody): RequestedDelete {
  if (options.ignoreStoreReadErrorWithClusterBreakingPotential)
    throw invalidObject(kind, metadata.name ?? '', [
      invalid(
        FieldPath.of('deleteOptions', 'ignoreStoreReadErrorWithClusterBreakingPotential'),
        true,
        'can not be set for pod eviction, try after removing the option',
      ),
    ]);
  ensureDryRun(options);
  validateDeleteOptions(options);
  return options;
}

/** A pod that has changed while it was looked at is looked at again. */
async function untilSettled(look: () => Promise<Pod>, attempt: (pod: Pod) => Promise<void>): Promise<void> {
  let pod = await look();
  for (let left = maxAttempts; ; left--) {
    try {
      return await attempt(pod);
    } catch (error) {
      if (left === 1 || !hasReason(error, 'Conflict')) throw error;
      const seen = pod.metadata.resourceVersion;
      pod = await look();
      if (pod.metadata.resourceVersion === seen) throw error;
    }
  }
}

/** A pod that needs no budget, or may go whatever the budget, must still be so when it goes. */
async function evict(eviction: Eviction): Promise<void> {
  const { pod } = eviction;
  const { resourceVersion } = pod.metadata;
  if (disruptsNothing(pod)) return removePod(eviction, hasEndedOrIsGoing(pod) ? undefined : resourceVersion);
  const { spared } = await spendBudget(eviction);
  if (spared === undefined) return removePod(eviction);
  try {
    await removePod(eviction, resourceVersion);
  } catch (error) {
    if (eviction.options.preconditions?.resourceVersion === undefined && hasReason(error, 'Conflict'))
      throw stillProcessed(spared);
    throw error;
  }
}
