import type { ClusterSnapshot, NodeSlot } from '../../cluster-snapshot/cluster-snapshot.js';
import type { ResourceColumn } from '../../cluster-snapshot/resource-table.js';
import { after, type ClusterEvent } from '../../framework/cluster-event.js';
import { maxScore, type SchedulerPlugin } from '../../framework/plugin.js';
import type { PodRecord } from '../../framework/pod-record.js';
import { amountOf } from '../../framework/pod-requests.js';
import { fits, unresolvable, unschedulable, type Rejection, type Verdict } from '../../framework/verdict.js';

interface Demand {
  readonly columns: readonly ResourceColumn[];
  readonly amounts: readonly number[];
  /** Verdicts by what is short, one bit a reason; the highest bit tells whether removing pods could help. */
  readonly verdicts: Map<number, Rejection>;
}

const builtInOrder = ['cpu', 'memory', 'ephemeral-storage'];
const rank = (name: string): number => (builtInOrder.includes(name) ? builtInOrder.indexOf(name) : builtInOrder.length);

function demandOf({ requests }: PodRecord, { resources }: ClusterSnapshot): Demand {
  const wanted = [...requests].filter(([, amount]) => amount > 0).sort(([a], [b]) => rank(a) - rank(b));
  return {
    columns: wanted.map(([name]) => resources.column(name)),
    amounts: wanted.map(([, amount]) => amount),
    verdicts: new Map(),
  };
}

const neverBit = 2 ** 40;
const tooManyBit = 1;

function check(demand: Demand, slot: NodeSlot, { resources }: ClusterSnapshot): Verdict {
  let short = (resources.pods[slot] ?? 0) + 1 > (resources.allowedPods[slot] ?? 0) ? tooManyBit : 0;
  for (let i = 0; i < demand.amounts.length; i++) {
    const column = demand.columns[i] as ResourceColumn;
    const amount = demand.amounts[i] ?? 0;
    const allocatable = column.allocatable[slot] ?? 0;
    if (amount <= allocatable - (column.requested[slot] ?? 0)) continue;
    short += 2 ** (i + 1);
    if (amount > allocatable && short < neverBit) short += neverBit;
  }
  return short === 0 ? fits : (demand.verdicts.get(short) ?? newVerdict(demand, short));
}

function newVerdict({ columns, verdicts }: Demand, short: number): Rejection {
  const bits = BigInt(short % neverBit);
  const reasons = [
    ...(bits & 1n ? ['Too many pods'] : []),
    ...columns.filter((_, i) => bits & (1n << BigInt(i + 1))).map(({ name }) => `Insufficient ${name}`),
  ];
  const verdict = short >= neverBit ? unresolvable(...reasons) : unschedulable(...reasons);
  verdicts.set(short, verdict);
  return verdict;
}

interface Assumed {
  readonly cpu: number;
  readonly memory: number;
  readonly columns: { readonly cpu: ResourceColumn; readonly memory: ResourceColumn };
}

const share = (requested: number, capacity: number): number =>
  capacity === 0 || requested > capacity ? 0 : Math.floor(((capacity - requested) * maxScore) / capacity);

/** LeastAllocated: the share of cpu and memory that stays free, equally weighted. */
function leastAllocated({ cpu, memory, columns }: Assumed, slot: NodeSlot, { resources }: ClusterSnapshot): number {
  const cpuCapacity = columns.cpu.allocatable[slot] ?? 0;
  const memoryCapacity = columns.memory.allocatable[slot] ?? 0;
  const present = (cpuCapacity > 0 ? 1 : 0) + (memoryCapacity > 0 ? 1 : 0);
  if (present === 0) return 0;
  const free =
    share((resources.assumedCpu[slot] ?? 0) + cpu, cpuCapacity) +
    share((resources.assumedMemory[slot] ?? 0) + memory, memoryCapacity);
  return Math.floor(free / present);
}

/** Whether the pod would fit on the node if it were empty. */
const couldHold = (pod: PodRecord, event: ClusterEvent): boolean =>
  'node' in event &&
  [...pod.requests].every(([name, amount]) => amount <= amountOf(name, event.node.status?.allocatable?.[name] ?? 0));

/** The node must have room for what the pod requests; among those that have, emptier ones are better. */
export const nodeResourcesFit: SchedulerPlugin<Demand, Assumed> = {
  name: 'NodeResourcesFit',
  preFilter: demandOf,
  filter: check,
  preScore: ({ assumedCpu, assumedMemory }, { resources }) => ({
    cpu: assumedCpu,
    memory: assumedMemory,
    columns: { cpu: resources.column('cpu'), memory: resources.column('memory') },
  }),
  score: leastAllocated,
  retryOn: [
    after('podDeleted'),
    after('nodeAdded', couldHold),
    after('nodeAllocatableGrew', couldHold),
    after('podUpdated'),
  ],
};
