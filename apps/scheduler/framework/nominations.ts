import type { PodRecord } from './pod-record.js';

/** Pods for which others were evicted from a node: until they are placed there, pods of no more importance leave them the room. */
export class Nominations {
  private readonly byNode = new Map<string, Map<string, PodRecord>>();
  private readonly nodeOf = new Map<string, string>();

  get size(): number {
    return this.nodeOf.size;
  }

  set(record: PodRecord, nodeName: string): void {
    this.remove(record.key);
    const pods = this.byNode.get(nodeName) ?? new Map<string, PodRecord>();
    pods.set(record.key, record);
    this.byNode.set(nodeName, pods);
    this.nodeOf.set(record.key, nodeName);
  }

  remove(key: string): void {
    const nodeName = this.nodeOf.get(key);
    if (nodeName === undefined) return;
    this.nodeOf.delete(key);
    const pods = this.byNode.get(nodeName);
    pods?.delete(key);
    if (pods?.size === 0) this.byNode.delete(nodeName);
  }

  nodeNameOf(key: string): string | undefined {
    return this.nodeOf.get(key);
  }

  /** Nominated pods on the node that this pod must respect. */
  ahead(pod: PodRecord, nodeName: string): PodRecord[] {
    const pods = this.byNode.get(nodeName);
    if (pods === undefined) return [];
    return [...pods.values()].filter(({ key, priority }) => key !== pod.key && priority >= pod.priority);
  }

  /** Nominated pods on the node that are less important than this one. */
  below(pod: PodRecord, nodeName: string): PodRecord[] {
    return [...(this.byNode.get(nodeName)?.values() ?? [])].filter(({ priority }) => priority < pod.priority);
  }
}
