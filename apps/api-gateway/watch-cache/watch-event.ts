import { withOtherResourceVersion, type CachedObject } from './cached-object.js';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One change as a watcher sees it. Serialized once for each format, whoever many watch. */
export class WatchEvent {
  private readonly frames = new Map<string, Buffer>();

  constructor(
    readonly type: WatchEventType,
    readonly object: CachedObject,
    /** Set where the object left the selection without being deleted: then it is shown as it was before. */
    readonly left?: CachedObject,
  ) {}

  get bytes(): Buffer {
    return this.left ? withOtherResourceVersion(this.left.bytes, this.object.revision) : this.object.bytes;
  }

  /** The event in a format, encoded on first use. */
  frame(format: string, encode: (event: WatchEvent) => Buffer): Buffer {
    let frame = this.frames.get(format);
    if (!frame) this.frames.set(format, (frame = encode(this)));
    return frame;
  }
}
