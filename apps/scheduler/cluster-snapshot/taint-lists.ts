import type { Node, Taint } from '@shiplog/domain';
import { withRoom } from './growable.js';

/** The taints of all nodes. Most nodes share the same few lists, so a plugin judges a list once and a node by its list's number. */
export class TaintLists {
  readonly lists: (readonly Taint[])[] = [[]];
  /** Number of each node's list. */
  listOf = new Int32Array(16);
  isUnschedulable = new Uint8Array(16);
  private readonly numbers = new Map<string, number>([['[]', 0]]);

  setNode(slot: number, node: Node | undefined): void {
    this.listOf = withRoom(this.listOf, slot);
    this.isUnschedulable = withRoom(this.isUnschedulable, slot);
    this.isUnschedulable[slot] = node?.spec.unschedulable === true ? 1 : 0;
    this.listOf[slot] = this.number(node?.spec.taints ?? []);
  }

  private number(taints: readonly Taint[]): number {
    const identity = JSON.stringify(taints.map(({ key, value, effect }) => [key, value ?? '', effect]));
    const known = this.numbers.get(identity);
    if (known !== undefined) return known;
    const number = this.lists.push(taints) - 1;
    this.numbers.set(identity, number);
    return number;
  }
}
