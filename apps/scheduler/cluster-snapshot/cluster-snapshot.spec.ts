import fc from 'fast-check';
import { plugins } from '../plugins.js';
import { filtered, scored } from '../testing/ask-plugin.js';
import { aNode, aRecord, zone } from '../testing/builders.js';
import { ClusterSnapshot } from './cluster-snapshot.js';
import { zoneInterleaved } from './node-order.js';

const byZone = { topologyKey: 'topology.kubernetes.io/zone', labelSelector: { matchLabels: { app: 'a' } } };
const byHost = { ...byZone, topologyKey: 'kubernetes.io/hostname' };
const asking = (name: string, app: string) =>
  aRecord(name, {
    labels: { app },
    requests: { cpu: '1' },
    spec: {
      containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort: 80 }], resources: { requests: { cpu: '1' } } }],
      topologySpreadConstraints: [
        { ...byZone, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
        { ...byHost, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
      ],
      affinity: {
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, podAffinityTerm: byZone }] },
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [byHost] },
      },
    },
  });

type Step =
  | { readonly do: 'node'; readonly name: string; readonly zone: string | undefined }
  | { readonly do: 'no node'; readonly name: string }
  | { readonly do: 'pod'; readonly name: string; readonly app: string; readonly node: string }
  | { readonly do: 'no pod'; readonly name: string };

const nodeName = fc.constantFrom('n1', 'n2', 'n3');
const podName = fc.constantFrom('p1', 'p2', 'p3', 'p4');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('node' as const), name: nodeName, zone: fc.constantFrom('z1', 'z2', undefined) }),
  fc.record({ do: fc.constant('no node' as const), name: nodeName }),
  fc.record({ do: fc.constant('pod' as const), name: podName, app: fc.constantFrom('a', 'b'), node: nodeName }),
  fc.record({ do: fc.constant('no pod' as const), name: podName }),
);

function take(snapshot: ClusterSnapshot, given: Step): void {
  if (given.do === 'node')
    snapshot.setNode(aNode(given.name, given.zone === undefined ? {} : { labels: zone(given.zone) }));
  else if (given.do === 'no node') snapshot.removeNode(given.name);
  else if (given.do === 'pod') snapshot.placePod(asking(given.name, given.app), given.node);
  else snapshot.removePod(`default/${given.name}`);
}

/** Everything that the plugins say about two pods. */
function opinions(snapshot: ClusterSnapshot): unknown {
  return ['a', 'b'].map((app) =>
    plugins.map(({ plugin }) => {
      const pod = asking(`new-${app}`, app);
      return [
        plugin.name,
        plugin.filter && filtered(plugin, pod, snapshot),
        plugin.score && scored(plugin, pod, snapshot),
      ];
    }),
  );
}

it('says after any changes what it would say if it had been told the end only (property)', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const followed = new ClusterSnapshot();
      for (const given of steps) {
        take(followed, given);
        opinions(followed);
      }
      const nodes = new Map<string, Step>();
      const pods = new Map<string, Step>();
      for (const given of steps) {
        const end = given.do === 'node' || given.do === 'no node' ? nodes : pods;
        if (given.do === 'node' || given.do === 'pod') end.set(given.name, given);
        else end.delete(given.name);
      }
      const told = new ClusterSnapshot();
      for (const given of [...nodes.values(), ...pods.values()]) take(told, given);
      expect(opinions(followed)).toEqual(opinions(told));
    }),
    { numRuns: 50 },
  );
});

it('lets zones take turns', () => {
  const zones = ['a', 'a', 'a', 'b', 'c'];
  expect(zoneInterleaved([0, 1, 2, 3, 4], (slot) => zone(zones[slot] ?? ''))).toEqual([0, 3, 4, 1, 2]);
});
