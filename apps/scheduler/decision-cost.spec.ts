import type { PodSpec } from '@shiplog/domain';
import { ClusterSnapshot } from './cluster-snapshot/cluster-snapshot.js';
import type { PodRecord } from './framework/pod-record.js';
import { plugins } from './plugins.js';
import { PodScheduling } from './schedule-pod.js';
import { allocatedBytes } from './testing/allocated-bytes.js';
import { aNode, aRecord, zone } from './testing/builders.js';

/** A decision looks at every node and allocates for none of them: counted in bytes, not in time. */
const [few, many] = [100, 2_100];
/** The smallest object that JavaScript has takes more. */
const bytesOfNothing = 4;
/** Decisions in one cluster: no more than it has nodes, where each pod wants one of its own. */
const [uncounted, counted] = [20, 40];
const times = 10;

const selected = { labelSelector: { matchLabels: { app: 'web' } } };
const byZone = { topologyKey: 'topology.kubernetes.io/zone', ...selected };
const byHost = { topologyKey: 'kubernetes.io/hostname', ...selected };

const workloads: Readonly<Record<string, Partial<PodSpec>>> = {
  'plain pods': {},
  'required node affinity': {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: byZone.topologyKey, operator: 'In', values: ['zone-0', 'zone-1'] }] },
          ],
        },
      },
    },
  },
  'required spreading': { topologySpreadConstraints: [{ ...byZone, maxSkew: 5, whenUnsatisfiable: 'DoNotSchedule' }] },
  'preferred spreading': {
    topologySpreadConstraints: [{ ...byZone, maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' }],
  },
  'required pod affinity': {
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [byZone] } },
  },
  'required pod anti-affinity': {
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [byHost] } },
  },
};

function cluster(nodes: number): ClusterSnapshot {
  const snapshot = new ClusterSnapshot();
  for (let i = 0; i < nodes; i++) snapshot.setNode(aNode(`n-${i}`, { labels: zone(`zone-${i % 10}`) }));
  return snapshot;
}

let pods = 0;
const podOf = (spec: Partial<PodSpec>): PodRecord =>
  aRecord(`p-${pods++}`, { labels: { app: 'web' }, requests: { cpu: '10m', memory: '10Mi' }, spec });

/** Bytes of one decision that looks at all nodes of a new cluster, each pod placed before the next is decided. */
function bytesOfDecision(nodes: number, spec: Partial<PodSpec>): number {
  const snapshot = cluster(nodes);
  const scheduling = new PodScheduling({ plugins, percentageOfNodesToScore: 100, random: () => 0.5 });
  const decide = (records: readonly PodRecord[]): void => {
    for (const pod of records) {
      const { node } = scheduling.decide(pod, snapshot);
      if (node === undefined) throw new Error('every pod should fit');
      snapshot.placePod(pod, node);
    }
  };
  const some = (count: number): PodRecord[] => Array.from({ length: count }, () => podOf(spec));
  // What a cluster keeps from its first decisions on is no cost of the next ones.
  decide(some(uncounted));
  const records = some(counted);
  return allocatedBytes(() => decide(records)) / counted;
}

/**
 * Measured until it is nothing, but not for ever: code that is not compiled yet keeps every intermediate number in an object,
 * and when it is compiled depends on how busy the machine is. What a decision truly allocates, it allocates each time.
 */
function bytesForEachNode(spec: Partial<PodSpec>): number {
  let [small, large] = [Infinity, Infinity];
  for (let i = 0; i < times; i++) small = Math.min(small, bytesOfDecision(few, spec));
  const forEach = (): number => (large - small) / (many - few);
  for (let i = 0; i < times && forEach() >= bytesOfNothing; i++) {
    large = Math.min(large, bytesOfDecision(many, spec));
  }
  return forEach();
}

describe('a decision about', () => {
  it.each(Object.entries(workloads))('%s allocates nothing for a node', (_name, spec) => {
    expect(bytesForEachNode(spec)).toBeLessThan(bytesOfNothing);
  });

  it('anything would be seen to allocate if it did', () => {
    const kept: object[] = [];
    const bytes = allocatedBytes(() => {
      for (let i = 0; i < many; i++) kept.push({ i });
    });
    expect(bytes / many).toBeGreaterThan(bytesOfNothing);
  });
});
