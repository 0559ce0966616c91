import type { Pod } from '@shiplog/domain';
import { keyOf, nodes, pods } from '@shiplog/client';
import { defineController, watch, type Controller, type Read } from '@shiplog/controller-runtime';
import { hasEnded } from '../../objects/pod-state.js';
import { planPodGc, type PodGcWorld } from './pod-gc.plan.js';

/** So many ended pods are kept for whoever wants to read of them. */
const endedLimit = 12_500;
const outOfService = 'node.kubernetes.io/out-of-service';

const endedPods = (pod: Pod): string[] => (hasEnded(pod) ? ['ended'] : []);

/** Removes pods that no node will: those of nodes that are gone, those never placed, and the oldest of too many ended ones. */
export function podGcController(now: () => Date = () => new Date()): Controller<Pod, PodGcWorld> {
  const missing = new Map<string, Date>();
  const missingSince = (name: string, read: Read): Date | undefined => {
    if (read(nodes).get('', name)) missing.delete(name);
    else if (!missing.has(name)) missing.set(name, now());
    return missing.get(name);
  };
  return defineController({
    name: 'pod-garbage-collector',
    reconciles: pods,
    watches: [
      watch(nodes, ({ type, current, previous }, read) => {
        const name = current.object.metadata.name ?? '';
        const isMarked = current.object.spec?.taints?.some(({ key }) => key === outOfService);
        if (type !== 'deleted') missing.delete(name);
        return type === 'deleted' || (previous && isMarked) ? read(pods).onNode(name).map(keyOf) : [];
      }),
    ],
    observe(pod, read) {
      const { nodeName } = pod.spec ?? {};
      const node = nodeName ? read(nodes).get('', nodeName) : undefined;
      return {
        pod,
        ...(nodeName && !node ? { nodeMissingSince: missingSince(nodeName, read) } : {}),
        isNodeOutOfService: node?.spec?.taints?.some(({ key }) => key === outOfService) ?? false,
        isSurplus: hasEnded(pod) && isSurplus(pod, read),
      };
    },
    decide: planPodGc,
  });
}

function isSurplus(pod: Pod, read: Read): boolean {
  if (read(pods).count(endedPods, 'ended') <= endedLimit) return false;
  const ended = read(pods).by(endedPods, 'ended');
  const age = ({ metadata }: Pod): string => metadata.creationTimestamp ?? '';
  return ended.filter((other) => age(other) > age(pod)).length >= endedLimit;
}
