import type { Labels, Node } from '@shiplog/domain';
import type { BudgetsIn } from '../preemption/budgets.js';
import type { PodRecord } from '../framework/pod-record.js';
import { selectsPod, type PodSelector } from '../framework/pod-selector.js';
import { AffinityOwners } from './affinity-owners.js';
import { ImageIndex } from './image-index.js';
import { HostPortIndex } from './host-port-index.js';
import { zoneInterleaved, zoneOf } from './node-order.js';
import { PodCounters, type PlacedPod } from './pod-counters.js';
import { ResourceTable } from './resource-table.js';
import { TaintLists } from './taint-lists.js';
import { TopologyIndex } from './topology-index.js';
import { noWorkloads, type Workloads } from './workload-selectors.js';

/** Number of a node in the snapshot's arrays; stays the same as long as the node exists. */
export type NodeSlot = number;

interface NodeEntry {
  node: Node;
  name: string;
  labels: Labels;
}

const noLabels: Labels = {};

/**
 * The cluster as the scheduler sees it: nodes, and the pods that are placed (bound, or assumed to be). Everything a plugin asks for per node lies in
 * flat arrays and counts that each change updates, so that a cycle looks at no pods. Used by one cycle at a time; nothing here waits.
 */
export class ClusterSnapshot {
  readonly resources = new ResourceTable();
  readonly taints = new TaintLists();
  readonly images = new ImageIndex();
  readonly hostPorts = new HostPortIndex();
  readonly affinityOwners: AffinityOwners;
  readonly counters: PodCounters;
  workloads: Workloads = noWorkloads;
  /** What preemption has to respect. */
  budgetsIn: BudgetsIn = () => [];
  /** How often the pods of a node were looked at: tests hold that a cycle does not. */
  podReads = 0;
  private readonly entries: (NodeEntry | undefined)[] = [];
  private readonly slots = new Map<string, NodeSlot>();
  private readonly freeSlots: NodeSlot[] = [];
  private readonly podsOnNode = new Map<string, Map<string, PodRecord>>();
  private readonly nodeOfPod = new Map<string, string>();
  private readonly topologies = new Map<string, TopologyIndex>();
  private readonly namespaces = new Map<string, Labels>();
  private ordered: NodeSlot[] | undefined = [];

  constructor() {
    this.affinityOwners = new AffinityOwners(this.namespaceLabels);
    this.counters = new PodCounters(() => this.placedPods(), this.namespaceLabels);
  }

  private readonly namespaceLabels = (namespace: string): Labels => this.namespaces.get(namespace) ?? noLabels;

  selects(selector: PodSelector, pod: PodRecord): boolean {
    return selectsPod(selector, pod, this.namespaceLabels);
  }

  /** Every node, zones taking turns. */
  get order(): readonly NodeSlot[] {
    return (this.ordered ??= zoneInterleaved([...this.slots.values()], (slot) => this.labels(slot)));
  }

  get podCount(): number {
    return this.nodeOfPod.size;
  }

  get nodeCount(): number {
    return this.slots.size;
  }

  slotOf(name: string): NodeSlot | undefined {
    return this.slots.get(name);
  }

  nodeName(slot: NodeSlot): string {
    return this.entries[slot]?.name ?? '';
  }

  /** The node's labels. */
  labels(slot: NodeSlot): Labels {
    return this.entries[slot]?.labels ?? noLabels;
  }

  node(slot: NodeSlot): Node | undefined {
    return this.entries[slot]?.node;
  }

  /** The node's pods. For preemption only: filters and scores read the arrays. */
  podsOn(slot: NodeSlot): Iterable<PodRecord> {
    this.podReads++;
    return this.podsOnNode.get(this.nodeName(slot))?.values() ?? [];
  }

  placementOf(podKey: string): string | undefined {
    return this.nodeOfPod.get(podKey);
  }

  placedPod(podKey: string): PodRecord | undefined {
    return this.podsOnNode.get(this.nodeOfPod.get(podKey) ?? '')?.get(podKey);
  }

  /** The nodes by the values of one label; indexed when first asked for. */
  topology(key: string): TopologyIndex {
    const known = this.topologies.get(key);
    if (known !== undefined) return known;
    const index = new TopologyIndex(key);
    for (const slot of this.slots.values()) index.place(slot, this.labels(slot));
    this.topologies.set(key, index);
    return index;
  }

  setNode(node: Node): void {
    const name = node.metadata.name ?? '';
    const known = this.slots.get(name);
    const slot = known ?? this.freeSlots.pop() ?? this.entries.length;
    const labels = node.metadata.labels ?? noLabels;
    if (known === undefined || zoneOf(this.labels(slot)) !== zoneOf(labels)) this.ordered = undefined;
    this.entries[slot] = { node, name, labels };
    this.slots.set(name, slot);
    this.describeNode(slot, node, labels);
    if (known === undefined)
      for (const record of this.podsOnNode.get(name)?.values() ?? []) this.count(record, slot, 1);
  }

  /** Its pods stay known until they are removed themselves, and count again if the node comes back. */
  removeNode(name: string): void {
    const slot = this.slots.get(name);
    if (slot === undefined) return;
    for (const record of this.podsOnNode.get(name)?.values() ?? []) this.count(record, slot, -1);
    this.describeNode(slot, undefined, undefined);
    this.slots.delete(name);
    this.entries[slot] = undefined;
    this.freeSlots.push(slot);
    this.ordered = undefined;
  }

  /** Places a pod, or replaces what was known of it. */
  placePod(record: PodRecord, nodeName: string): void {
    this.removePod(record.key);
    const pods = this.podsOnNode.get(nodeName) ?? new Map<string, PodRecord>();
    pods.set(record.key, record);
    this.podsOnNode.set(nodeName, pods);
    this.nodeOfPod.set(record.key, nodeName);
    const slot = this.slots.get(nodeName);
    if (slot !== undefined) this.count(record, slot, 1);
  }

  /** Another version of a placed pod that differs in nothing that is counted (status, annotations). */
  refreshPod(record: PodRecord): void {
    this.podsOnNode.get(this.nodeOfPod.get(record.key) ?? '')?.set(record.key, record);
  }

  removePod(podKey: string): PodRecord | undefined {
    const nodeName = this.nodeOfPod.get(podKey);
    if (nodeName === undefined) return undefined;
    const pods = this.podsOnNode.get(nodeName);
    const record = pods?.get(podKey);
    pods?.delete(podKey);
    if (pods?.size === 0) this.podsOnNode.delete(nodeName);
    this.nodeOfPod.delete(podKey);
    const slot = this.slots.get(nodeName);
    if (slot !== undefined && record !== undefined) this.count(record, slot, -1);
    return record;
  }

  setNamespace(name: string, labels: Labels | undefined): void {
    if (labels === undefined) this.namespaces.delete(name);
    else this.namespaces.set(name, labels);
    this.counters.namespacesChanged();
  }

  private count(record: PodRecord, slot: NodeSlot, change: 1 | -1): void {
    this.resources.podPlaced(record, slot, change);
    this.counters.podPlaced(record, slot, change);
    this.affinityOwners.podPlaced(record, slot, change);
    this.hostPorts.podPlaced(record, slot, change);
  }

  private describeNode(slot: NodeSlot, node: Node | undefined, labels: Labels | undefined): void {
    this.resources.setNode(slot, node);
    this.taints.setNode(slot, node);
    this.images.setNode(slot, node);
    for (const topology of this.topologies.values()) {
      const from = topology.place(slot, labels);
      const to = topology.domainOf[slot] ?? -1;
      if (from === to) continue;
      this.counters.nodeMoved(topology, slot, from, to);
      this.affinityOwners.nodeMoved(topology, slot, from, to);
    }
  }

  private *placedPods(): Iterable<PlacedPod> {
    for (const [nodeName, pods] of this.podsOnNode) {
      const slot = this.slots.get(nodeName);
      if (slot !== undefined) for (const record of pods.values()) yield { record, slot };
    }
  }
}
