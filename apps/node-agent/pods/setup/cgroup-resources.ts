import type { Container } from '@shiplog/domain';
import type { ContainerResources } from '../../runtime/pod-runtime.js';
import type { StoredPod } from '../pod.js';
import { qosClassOf } from '../qos-class.js';
import { milliOf, quantityOf } from '../quantity.js';

const period = 100_000;
const smallestShares = 2;
const smallestQuota = 1_000;

/** Requests and limits as the kernel takes them: weight by requested cpu, quota and memory limit by limits. Pure. */
export function cgroupResources(pod: StoredPod, { resources }: Container, nodeMemoryBytes: number): ContainerResources {
  const cpuRequest = milliOf(resources?.requests?.['cpu'] ?? resources?.limits?.['cpu']);
  const cpuLimit = milliOf(resources?.limits?.['cpu']);
  const memoryLimit = quantityOf(resources?.limits?.['memory']);
  return {
    cpuShares: Math.max(smallestShares, Math.floor((cpuRequest * 1024) / 1000)),
    ...(cpuLimit > 0 ? { cpuPeriod: period, cpuQuota: Math.max(smallestQuota, (cpuLimit * period) / 1000) } : {}),
    ...(memoryLimit > 0 ? { memoryLimitBytes: Math.ceil(memoryLimit) } : {}),
    oomScoreAdj: oomScore(
      pod,
      quantityOf(resources?.requests?.['memory'] ?? resources?.limits?.['memory']),
      nodeMemoryBytes,
    ),
  };
}

/** Who goes first when memory runs out: best-effort pods, then those that use more than they asked for; guaranteed ones last. */
function oomScore({ spec, status }: StoredPod, memoryRequest: number, nodeMemoryBytes: number): number {
  switch (status?.qosClass ?? qosClassOf(spec)) {
    case 'Guaranteed':
      return -997;
    case 'BestEffort':
      return 1000;
    default:
      return Math.min(999, Math.max(3, Math.floor(1000 - (1000 * memoryRequest) / nodeMemoryBytes)));
  }
}

/** The pod's place in the cgroup tree; `root` is the node's own. */
export function cgroupParent({ metadata, spec, status }: StoredPod, root: string): string {
  const qosClass = status?.qosClass ?? qosClassOf(spec);
  const tier = qosClass === 'Guaranteed' ? '' : `/${qosClass.toLowerCase()}`;
  return `${root}${tier}/pod${metadata.uid}`;
}
