import {
  storedResource,
  type AnyResource,
  type DeleteOptions,
  type KubeObject,
  type Status,
  type WriteRequest,
  type WriteResult,
} from '@shiplog/domain';
import type { Answer } from '../../request/incoming-request.js';
import { decodeDeleteOptions } from '../delete-options.js';
import { formatOf, valueAnswer, writtenAnswer } from '../object-answer.js';
import type { ResourceCall, Verb } from '../resource-call.js';
import { shownResult } from '../stored-view.js';
import { writeRequest } from '../write-options.js';

/** DELETE of one object. What is held by finalizers or a grace period is answered as it now stands, what is gone mostly by a Status. */
export const deleteOne: Verb = async (call) => {
  const { context, gateway, resource } = call;
  const { namespace, name } = context.info;
  formatOf(call);
  const options = await decodeDeleteOptions(context);
  context.warnings.push(...(resource.deleteWarnings?.(options) ?? []));
  const result = await gateway.registry.delete(
    storedResource(resource),
    namespace,
    name,
    options,
    deleteRequest(call, options),
  );
  const returnsObject = result.outcome !== 'deleted' || resource.strategy.deleteReturnsObject === true;
  const code = result.outcome !== 'deleted' && options.orphanDependents === false ? 202 : 200;
  return returnsObject
    ? writtenAnswer(call, code, shownResult(resource, result))
    : deletedStatus(call, resource, result);
};

/** A dry run may be asked for in the query or in the body. */
export function deleteRequest(
  { context }: ResourceCall,
  options: DeleteOptions & { dryRun?: readonly string[] },
): WriteRequest {
  const request = writeRequest(context, 'DeleteOptions');
  return {
    ...request,
    dryRun: request.dryRun || (options.dryRun ?? []).includes('All'),
    options: { ...request.options, ...options },
  };
}

function deletedStatus(call: ResourceCall, { group, plural }: AnyResource, { object }: WriteResult): Answer {
  const { name = '', uid = '' }: KubeObject['metadata'] = object.metadata;
  const status: Omit<Status, 'code'> = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group ? { group } : {}), kind: plural, uid },
  };
  const { media } = formatOf(call);
  return valueAnswer(200, status, { media, asVersion: 'v1' });
}
