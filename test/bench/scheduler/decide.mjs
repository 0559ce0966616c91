// Decisions per second of the scheduler alone, in one process, no API:  node test/bench/scheduler/decide.mjs [nodes] [pods]
import { ClusterSnapshot } from '../../../apps/scheduler/dist/cluster-snapshot/cluster-snapshot.js';
import { podRecord } from '../../../apps/scheduler/dist/framework/pod-record.js';
import { plugins } from '../../../apps/scheduler/dist/plugins.js';
import { PodScheduling } from '../../../apps/scheduler/dist/schedule-pod.js';
import { planPreemption } from '../../../apps/scheduler/dist/preemption/preemption.js';
import { Nominations } from '../../../apps/scheduler/dist/framework/nominations.js';

const nodeCount = Number(process.argv[2] ?? 5_000);
const podCount = Number(process.argv[3] ?? 5_000);
const zones = 10;

const node = (i) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `node-${i}`,
    labels: { 'kubernetes.io/hostname': `node-${i}`, 'topology.kubernetes.io/zone': `zone-${i % zones}` },
  },
  spec: {},
  status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110' } },
});

const pod = (i, app, { cpu = '100m', ...spec } = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${app}-${i}`, namespace: 'bench', uid: `${app}-${i}`, generation: 1, labels: { app } },
  spec: { containers: [{ name: 'c', image: 'app:1', resources: { requests: { cpu, memory: '200Mi' } } }], ...spec },
});

const selected = (app) => ({ labelSelector: { matchLabels: { app } } });
const byZone = { topologyKey: 'topology.kubernetes.io/zone' };
const byHost = { topologyKey: 'kubernetes.io/hostname' };

/** What each pod of a workload asks for beside its resources. */
const workloads = {
  'plain pods': () => ({}),
  'spread over zones, hard': (app) => ({
    topologySpreadConstraints: [{ ...byZone, ...selected(app), maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }],
  }),
  'spread over nodes and zones, soft': (app) => ({
    topologySpreadConstraints: [byHost, byZone].map((key) => ({
      ...key,
      ...selected(app),
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
    })),
  }),
  'anti-affinity by host, required': (app) => ({
    affinity: {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...byHost, ...selected(app) }] },
    },
  }),
  'affinity by zone, required': (app) => ({
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...byZone, ...selected(app) }] } },
  }),
  'affinity and anti-affinity, preferred': (app) => ({
    affinity: {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 10, podAffinityTerm: { ...byZone, ...selected(app) } },
        ],
      },
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 10, podAffinityTerm: { ...byHost, ...selected(app) } },
        ],
      },
    },
  }),
  'node affinity, required': () => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: byZone.topologyKey, operator: 'In', values: ['zone-1', 'zone-2'] }] },
          ],
        },
      },
    },
  }),
};

function cluster(podsPerNode) {
  const snapshot = new ClusterSnapshot();
  for (let i = 0; i < nodeCount; i++) snapshot.setNode(node(i));
  for (let i = 0; i < nodeCount * podsPerNode; i++)
    snapshot.placePod(podRecord(pod(i, 'there', { cpu: '10m' })), `node-${i % nodeCount}`);
  return snapshot;
}

for (const [name, specOf] of Object.entries(workloads)) {
  const snapshot = cluster(5);
  const scheduling = new PodScheduling({ plugins });
  const latencies = [];
  let placed = 0;
  const began = performance.now();
  for (let i = 0; i < podCount; i++) {
    const start = performance.now();
    const record = podRecord(pod(i, 'web', specOf('web')));
    const decision = scheduling.decide(record, snapshot);
    if (decision.node !== undefined) {
      snapshot.placePod(record, decision.node);
      placed++;
    }
    latencies.push(performance.now() - start);
  }
  const seconds = (performance.now() - began) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (q) => latencies[Math.floor(latencies.length * q)].toFixed(3);
  console.log(
    `${name.padEnd(40)} ${String(Math.round(podCount / seconds)).padStart(7)}/s  p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  placed ${placed}/${podCount}  pods looked at ${snapshot.podReads}`,
  );
}

{
  const snapshot = new ClusterSnapshot();
  for (let i = 0; i < nodeCount; i++) snapshot.setNode(node(i));
  for (let i = 0; i < nodeCount * 4; i++)
    snapshot.placePod(podRecord(pod(i, 'low', { cpu: '1' })), `node-${i % nodeCount}`);
  const scheduling = new PodScheduling({ plugins });
  const tries = Math.min(podCount, 300);
  const began = performance.now();
  for (let i = 0; i < tries; i++) {
    const record = podRecord(pod(i, 'vip', { cpu: '2', priority: 100 }));
    const decision = scheduling.decide(record, snapshot);
    const plan = planPreemption(record, decision.diagnosis, new Nominations(), snapshot, plugins, Math.random);
    if (plan.node === undefined) throw new Error(plan.why);
    for (const { key } of plan.victims) snapshot.removePod(key);
    snapshot.placePod(record, plan.node);
  }
  console.log(
    `${'preemption in a full cluster'.padEnd(40)} ${String(Math.round((tries * 1000) / (performance.now() - began))).padStart(7)}/s`,
  );
}
