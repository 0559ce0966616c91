import type { ClusterSnapshot, NodeSlot } from '../../cluster-snapshot/cluster-snapshot.js';
import type { ResourceColumn } from '../../cluster-snapshot/resource-table.js';
import { irrelevant, maxScore, type SchedulerPlugin } from '../../framework/plugin.js';

interface Requested {
  readonly cpu: number;
  readonly memory: number;
  readonly columns: { readonly cpu: ResourceColumn; readonly memory: ResourceColumn };
}

const fraction = (requested: number, capacity: number): number => Math.min(requested / capacity, 1);

/** 100 when cpu and memory are used to the same share, less the further they are apart. A resource that a node does not have is left out. */
function balance(cpu: number, cpuCapacity: number, memory: number, memoryCapacity: number): number {
  if (cpuCapacity === 0 || memoryCapacity === 0) return maxScore;
  const apart = Math.abs(fraction(cpu, cpuCapacity) - fraction(memory, memoryCapacity)) / 2;
  return Math.floor((1 - apart) * maxScore);
}

function improvement({ cpu, memory, columns }: Requested, slot: NodeSlot, _cluster: ClusterSnapshot): number {
  const cpuCapacity = columns.cpu.allocatable[slot] ?? 0;
  const memoryCapacity = columns.memory.allocatable[slot] ?? 0;
  const usedCpu = columns.cpu.requested[slot] ?? 0;
  const usedMemory = columns.memory.requested[slot] ?? 0;
  const before = balance(usedCpu, cpuCapacity, usedMemory, memoryCapacity);
  const withPod = balance(usedCpu + cpu, cpuCapacity, usedMemory + memory, memoryCapacity);
  return maxScore / 2 + Math.trunc((maxScore / 2 + withPod - before) / 2);
}

/** Prefers nodes on which the pod evens out the use of cpu and memory. Pods without requests change nothing. */
export const balancedAllocation: SchedulerPlugin<never, Requested> = {
  name: 'NodeResourcesBalancedAllocation',
  preScore: ({ requests }, { resources }) => {
    const cpu = requests.get('cpu') ?? 0;
    const memory = requests.get('memory') ?? 0;
    if (cpu === 0 && memory === 0) return irrelevant;
    return { cpu, memory, columns: { cpu: resources.column('cpu'), memory: resources.column('memory') } };
  },
  score: improvement,
  retryOn: [],
};
