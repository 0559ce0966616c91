import type { Lease, Node } from '@shiplog/domain';
import { keyOf, leases, nodes, pods, type Change } from '@shiplog/client';
import { defineReconciler, watch, type Read, type ReconcilingController } from '@shiplog/controller-runtime';
import { conditionOf, isTrue } from '../../objects/conditions.js';
import { EvictionTurns } from './eviction-turns.js';
import { nodeCleared, zoneSeen } from './node-lifecycle.metrics.js';
import { planNodeLifecycle } from './node-lifecycle.plan.js';
import { SignsOfLife } from './signs-of-life.js';
import { countsInZone, defaultEvictionRates, evictionRate, zoneOf, type EvictionRates, type Zone } from './zones.js';

const leaseNamespace = 'kube-node-lease';
const isReady = ({ status }: Node): boolean => isTrue(status?.conditions, 'Ready');
const countedZones = (node: Node): string[] => (countsInZone(node) ? [zoneOf(node)] : []);
const readyZones = (node: Node): string[] => (isReady(node) ? countedZones(node) : []);
const readyNodes = (node: Node): string[] => (isReady(node) && countsInZone(node) ? ['ready'] : []);

const readyCount = (read: Read): number => read(nodes).count(readyNodes, 'ready');

function zoneAt(zone: string, read: Read): Zone {
  const ready = read(nodes).count(readyZones, zone);
  return { ready, notReady: read(nodes).count(countedZones, zone) - ready };
}

/** Whether the node itself has said something, in its Lease or its Ready condition. */
const renews = ({ type, current, previous }: Change<Lease>): boolean =>
  type === 'added' || (type === 'updated' && current.object.spec?.renewTime !== previous.object.spec?.renewTime);
const reportOf = (node: Node | undefined): string | undefined =>
  conditionOf(node?.status?.conditions, 'Ready')?.lastHeartbeatTime;
const reports = ({ type, current, previous }: Change<Node>): boolean =>
  type === 'added' || (type === 'updated' && reportOf(current.object) !== reportOf(previous.object));

/** Notices nodes that fall silent, taints nodes by their conditions, and has lost nodes cleared of their pods at the rate of their zone. */
export function nodeLifecycleController(
  rates: EvictionRates = defaultEvictionRates,
  clock: () => number = () => performance.now(),
): ReconcilingController<Node> {
  const signs = new SignsOfLife();
  const turns = new EvictionTurns();

  /** A sign of life is news only from a node that was thought lost. The others are looked at when they would be overdue (ADR 0073). */
  const leaseChanged = (change: Change<Lease>, read: Read): string[] => {
    signs.news(clock());
    const { namespace, name = '' } = change.current.object.metadata;
    if (namespace !== leaseNamespace || !renews(change)) return [];
    signs.heardOf(name);
    const node = read(nodes).get(undefined, name);
    return node && !isReady(node) ? [name] : [];
  };

  /** The first node to be ready, and the last one to cease to be, change what is to be thought of all. */
  const nodeChanged = (change: Change<Node>, read: Read): string[] => {
    const { type, current, previous } = change;
    if (reports(change)) signs.heardOf(keyOf(current.object));
    const wasReady = previous !== undefined && isReady(previous.object);
    const isReadyNow = type !== 'deleted' && isReady(current.object);
    if (wasReady === isReadyNow || readyCount(read) > 1) return [];
    if (!wasReady) signs.startAfresh();
    return read(nodes).all().map(keyOf);
  };

  return defineReconciler<Node>({
    name: 'node-controller',
    reconciles: nodes,
    // Many nodes may fail at once, and each takes several writes.
    workers: 20,
    watches: [watch(leases, leaseChanged), watch(nodes, nodeChanged)],
    reads: [pods],
    async reconcile({ key, read, carryOut }) {
      const node = read(nodes).get(undefined, key);
      if (!node) {
        signs.forget(key);
        turns.leave(key);
        return;
      }
      const name = zoneOf(node);
      const zone = zoneAt(name, read);
      zoneSeen(name, zone);
      let needsTurn = false;
      const turn = (): number => {
        needsTurn = true;
        const waitMs = turns.take(name, key, evictionRate(zone, rates), clock());
        if (waitMs === 0) nodeCleared(name);
        return waitMs;
      };
      const world = {
        node,
        pods: read(pods).onNode(key),
        silentMs: signs.silenceMs(key),
        anyReady: readyCount(read) > 0,
      };
      const plan = planNodeLifecycle(world, turn, new Date());
      if (!needsTurn) turns.leave(key);
      await carryOut(plan, node);
      return { requeueAfterMs: plan.requeueAfterMs };
    },
  });
}
