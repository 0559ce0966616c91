import type { Labels } from '@shiplog/domain';
import { withRoom } from './growable.js';

export const noDomain = -1;

/** What one topology key (zone, hostname) makes of the nodes: each value is a domain with a small number. */
export class TopologyIndex {
  /** Domain of each node slot, or -1. */
  domainOf = new Int32Array(16).fill(noDomain);
  /** Nodes in each domain. */
  nodesIn = new Int32Array(16);
  /** Domains that have nodes. */
  domains = 0;
  /** One more than the highest domain number in use: the length of arrays by domain. */
  size = 0;
  /** Nodes that carry the key. */
  nodes = 0;
  private readonly numbers = new Map<string, number>();
  private readonly values: string[] = [];
  private readonly free: number[] = [];

  constructor(readonly key: string) {}

  /** Puts a node into the domain of its label; undefined labels take it out. Answers its domain before. */
  place(slot: number, labels: Labels | undefined): number {
    this.growTo(slot);
    const before = this.domainOf[slot] ?? noDomain;
    const value = labels !== undefined && Object.hasOwn(labels, this.key) ? labels[this.key] : undefined;
    if (before !== noDomain && this.values[before] === value) return before;
    if (before !== noDomain) this.leave(before);
    this.domainOf[slot] = value === undefined ? noDomain : this.enter(value);
    return before;
  }

  private growTo(slot: number): void {
    const length = this.domainOf.length;
    this.domainOf = withRoom(this.domainOf, slot);
    if (this.domainOf.length > length) this.domainOf.fill(noDomain, length);
  }

  private enter(value: string): number {
    const known = this.numbers.get(value);
    const domain = known ?? this.free.pop() ?? this.size++;
    this.numbers.set(value, domain);
    this.values[domain] = value;
    this.nodesIn = withRoom(this.nodesIn, domain);
    const nodes = (this.nodesIn[domain] = (this.nodesIn[domain] ?? 0) + 1);
    if (nodes === 1) this.domains++;
    this.nodes++;
    return domain;
  }

  private leave(domain: number): void {
    const nodes = (this.nodesIn[domain] = (this.nodesIn[domain] ?? 0) - 1);
    this.nodes--;
    if (nodes > 0) return;
    this.domains--;
    this.numbers.delete(this.values[domain] ?? '');
    this.free.push(domain);
  }
}
