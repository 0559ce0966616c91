// Every workload of `npm run bench`, what it measures, and what Shiplog is to reach against the reference control plane.

/** At least this rate and at most this CPU per operation (and p99), as multiples of the reference's. */
const durableWrite = { rate: 3, cpu: 1 / 2 };
const list = { rate: 10, cpu: 1 / 10 };
const constrained = { rate: 6, cpu: 1 / 6 };

export const apiWorkloads = [
  { name: 'create', what: 'pods created, durable', target: durableWrite },
  { name: 'get', what: 'one pod', target: { rate: 4, cpu: 1 / 4 } },
  { name: 'list', what: 'all pods, consistent', target: list },
  { name: 'list-page', what: 'the first 100 pods', target: list },
  { name: 'list-label', what: 'a tenth of the pods', target: list },
  { name: 'patch-status', what: 'strategic merge patch of a pod’s status, durable', target: durableWrite },
  { name: 'lease', what: 'a heartbeat, durable', target: durableWrite },
  { name: 'watch', what: 'a change, delivered to every watcher', target: { rate: 3, cpu: 1 / 3, p99: 1 / 3 } },
  { name: 'delete', what: 'pods deleted, durable', target: durableWrite },
];

export const schedulingWorkloads = [
  { name: 'sched-basic', what: 'pods from create to bound', target: { rate: 3, cpu: 1 / 2 }, pods: 5000 },
  { name: 'sched-nodeaffinity', what: 'required node affinity', target: constrained, pods: 2000 },
  { name: 'sched-spread', what: 'required topology spread', target: constrained, pods: 2000 },
  { name: 'sched-preferspread', what: 'preferred topology spread', target: constrained, pods: 2000 },
  { name: 'sched-podaffinity', what: 'required pod affinity by zone', target: constrained, pods: 2000 },
  { name: 'sched-antiaffinity', what: 'required pod anti-affinity by node', target: constrained, pods: 2000 },
];

export const workloadNames = [...apiWorkloads, ...schedulingWorkloads].map(({ name }) => name);

/** Memory of all processes after the API workloads, as a multiple of the reference's: by how many pods there were. */
export const memoryTarget = (pods) => (pods >= 50_000 ? 1 / 2 : 1);

/** What must run for the chosen API workloads to find their pods and to leave none: all but these two read or change what `create` made. */
export const withPrerequisites = (chosen) =>
  apiWorkloads.map(({ name }) => name).filter((name) => chosen.includes(name) || ['create', 'delete'].includes(name));
