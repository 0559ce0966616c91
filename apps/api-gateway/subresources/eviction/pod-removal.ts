import { conflict, metaTime, type AnyResource, type KubeObject, type Pod, type WriteRequest } from '@shiplog/domain';
import type { Gateway } from '../../gateway.js';
import type { RequestedDelete } from '../../rest/delete-options.js';
import { setCondition } from '../binding/bound-pod.js';

/** One look at a pod that is to be evicted. */
export interface Eviction {
  readonly gateway: Gateway;
  readonly resource: AnyResource;
  readonly pod: Pod;
  readonly options: RequestedDelete;
  readonly request: WriteRequest;
  readonly now: Date;
}

type Preconditions = NonNullable<RequestedDelete['preconditions']>;

/**
 * Marks the pod as disrupted and deletes it, if it still has the revision (the client's own comes first).
 * @throws Conflict if it has not
 */
export async function removePod(
  { gateway: { registry }, resource, pod, options, request, now }: Eviction,
  revision?: string,
): Promise<void> {
  const { namespace = '', name = '' } = pod.metadata;
  let preconditions = { ...(revision ? { resourceVersion: revision } : {}), ...options.preconditions };
  if (!request.dryRun) {
    const mark = (current: KubeObject): KubeObject => marked(current as Pod, preconditions, metaTime(now));
    const written = await registry.update(resource, namespace, name, mark, { ...request, subresource: 'status' });
    // The mark itself has moved the revision.
    if (preconditions.resourceVersion)
      preconditions = { ...preconditions, resourceVersion: written.object.metadata.resourceVersion ?? '' };
  }
  await registry.delete(
    resource,
    namespace,
    name,
    { ...options, preconditions },
    { ...request, verb: 'delete', subresource: '' },
  );
}

function marked(current: Pod, preconditions: Preconditions, now: string): Pod {
  ensureMeant(current, preconditions);
  const pod = structuredClone(current);
  const announcement = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  setCondition(pod, announcement, now);
  return pod;
}

/** @throws Conflict if another pod was meant, or another state of it. */
function ensureMeant({ metadata }: Pod, preconditions: Preconditions): void {
  const refuse = (what: string, asked: string, found = '', why: string): never => {
    const text = `the ${what} in the precondition (${asked}) does not match the ${what} in record (${found}). The object might have been ${why}`;
    throw conflict({ group: '', plural: 'Pod' }, metadata.name ?? '', text);
  };
  const { uid, resourceVersion } = preconditions;
  if (uid && uid !== metadata.uid) refuse('UID', uid, metadata.uid, 'deleted and then recreated');
  if (resourceVersion && resourceVersion !== metadata.resourceVersion)
    refuse('ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified');
}
