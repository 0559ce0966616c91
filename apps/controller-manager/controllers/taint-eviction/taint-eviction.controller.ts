import type { Node, Pod, Taint } from '@shiplog/domain';
import { keyOf, nodes, pods } from '@shiplog/client';
import {
  defineController,
  lookAgainAfter,
  nothing,
  patch,
  plan,
  remove,
  tell,
  watch,
  type Plan,
} from '@shiplog/controller-runtime';
import { deepEqual } from '@shiplog/domain';
import { timestamp } from '../../objects/conditions.js';
import { isDeleting } from '../../objects/ownership.js';
import { evictionTime } from '../../objects/taints.js';

export interface TaintEvictionWorld {
  readonly pod: Pod;
  /** The NoExecute taints of its node. */
  readonly taints: readonly Taint[];
}

const noExecute = (node: Node | undefined): Taint[] =>
  (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');

/** Whether the pod has to leave its node, and when. Pure. */
export function planTaintEviction({ pod, taints }: TaintEvictionWorld, now: Date): Plan {
  if (isDeleting(pod) || taints.length === 0) return nothing;
  const at = evictionTime(taints, pod.spec?.tolerations ?? [], now);
  if (at === undefined) return nothing;
  if (at > now.getTime()) return lookAgainAfter(at - now.getTime());
  return plan(
    tell({ type: 'Normal', reason: 'TaintManagerEviction', message: `Marking for deletion Pod ${keyOf(pod)}` }),
    patch(
      pods,
      pod,
      'strategic',
      { metadata: { uid: pod.metadata.uid }, status: { conditions: [disruption(now)] } },
      'status',
    ),
    remove(pods, pod),
  );
}

const disruption = (now: Date) => ({
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
  lastTransitionTime: timestamp(now),
});

/** Evicts pods from nodes whose NoExecute taints they do not tolerate, or no longer. */
export const taintEvictionController = defineController<Pod, TaintEvictionWorld>({
  name: 'taint-eviction-controller',
  serviceAccount: 'node-controller',
  reconciles: pods,
  // When many nodes fail at once their pods wait for nothing but writes, which are committed together.
  workers: 50,
  watches: [
    watch(nodes, ({ current, previous }, read) =>
      deepEqual(noExecute(previous?.object), noExecute(current.object))
        ? []
        : read(pods)
            .onNode(current.object.metadata.name ?? '')
            .map(keyOf),
    ),
  ],
  observe: (pod, read) => ({
    pod,
    taints: pod.spec?.nodeName ? noExecute(read(nodes).get('', pod.spec.nodeName)) : [],
  }),
  decide: planTaintEviction,
});
