import { deepEqual, type Node } from '@shiplog/domain';
import { normalizedImage } from '../framework/pod-record.js';

/** Which nodes have an image, and how large it is. */
export interface ImageCopies {
  readonly slots: Set<number>;
  sizeBytes: number;
}

/** The images of all nodes, by normalized name. */
export class ImageIndex {
  private readonly images = new Map<string, ImageCopies>();
  private readonly namesOn = new Map<number, readonly string[]>();
  private readonly statedOn = new Map<number, unknown>();

  get(name: string): ImageCopies | undefined {
    return this.images.get(name);
  }

  setNode(slot: number, node: Node | undefined): void {
    const stated = node?.status?.images;
    if (stated !== undefined && deepEqual(this.statedOn.get(slot), stated)) return;
    this.clear(slot);
    if (stated === undefined) return;
    const names: string[] = [];
    for (const { names: aliases, sizeBytes = 0 } of stated)
      for (const alias of aliases ?? []) {
        const name = normalizedImage(alias);
        const copies = this.images.get(name) ?? { slots: new Set<number>(), sizeBytes };
        copies.slots.add(slot);
        copies.sizeBytes = sizeBytes;
        this.images.set(name, copies);
        names.push(name);
      }
    this.namesOn.set(slot, names);
    this.statedOn.set(slot, stated);
  }

  private clear(slot: number): void {
    for (const name of this.namesOn.get(slot) ?? []) {
      const copies = this.images.get(name);
      copies?.slots.delete(slot);
      if (copies?.slots.size === 0) this.images.delete(name);
    }
    this.namesOn.delete(slot);
    this.statedOn.delete(slot);
  }
}
