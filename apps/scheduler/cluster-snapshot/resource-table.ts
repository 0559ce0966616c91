import type { Node } from '@shiplog/domain';
import type { PodRecord } from '../framework/pod-record.js';
import { amountOf } from '../framework/pod-requests.js';
import { withRoom } from './growable.js';

/** One resource of all nodes: what each may give and what its pods have asked for. By node slot. */
export interface ResourceColumn {
  readonly name: string;
  allocatable: Float64Array;
  requested: Float64Array;
}

/** Resources of all nodes in flat arrays. cpu in thousandths, all else in whole units. */
export class ResourceTable {
  readonly columns: ResourceColumn[] = [];
  pods = new Int32Array(16);
  allowedPods = new Int32Array(16);
  /** Requests with the assumption for pods that state none; for comparing nodes. */
  assumedCpu = new Float64Array(16);
  assumedMemory = new Float64Array(16);
  private readonly byName = new Map<string, ResourceColumn>();

  column(name: string): ResourceColumn {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const column = {
      name,
      allocatable: new Float64Array(this.pods.length),
      requested: new Float64Array(this.pods.length),
    };
    this.byName.set(name, column);
    this.columns.push(column);
    return column;
  }

  setNode(slot: number, node: Node | undefined): void {
    this.growTo(slot);
    const allocatable = node?.status?.allocatable ?? {};
    for (const name in allocatable) if (name !== 'pods') this.column(name);
    for (const column of this.columns) column.allocatable[slot] = amountOf(column.name, allocatable[column.name] ?? 0);
    this.allowedPods[slot] = amountOf('pods', allocatable['pods'] ?? 0);
  }

  podPlaced(record: PodRecord, slot: number, change: 1 | -1): void {
    for (const [name, amount] of record.requests) {
      const { requested } = this.column(name);
      requested[slot] = (requested[slot] ?? 0) + change * amount;
    }
    this.pods[slot] = (this.pods[slot] ?? 0) + change;
    this.assumedCpu[slot] = (this.assumedCpu[slot] ?? 0) + change * record.assumedCpu;
    this.assumedMemory[slot] = (this.assumedMemory[slot] ?? 0) + change * record.assumedMemory;
  }

  private growTo(slot: number): void {
    if (slot < this.pods.length) return;
    this.pods = withRoom(this.pods, slot);
    this.allowedPods = withRoom(this.allowedPods, slot);
    this.assumedCpu = withRoom(this.assumedCpu, slot);
    this.assumedMemory = withRoom(this.assumedMemory, slot);
    for (const column of this.columns) {
      column.allocatable = withRoom(column.allocatable, slot);
      column.requested = withRoom(column.requested, slot);
    }
  }
}
