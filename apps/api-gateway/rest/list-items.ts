import { apiVersionOf, type AnyResource } from '@shiplog/domain';
import type { Held } from '../request/incoming-request.js';
import type { CachedObject } from '../watch-cache/cached-object.js';

/** What is handed to a connection at a time: large enough for the price of a write, small enough to stay in the processor's cache. */
export const pieceBytes = 256 * 1024;

/** What naming an object takes. */
export const bytesOfReference = 8;

const comma = 0x2c;
const brace = 0x7b;
const end = Buffer.from(']}\n');

/** What the objects of a list were taken from. */
export interface Moment {
  readonly of: unknown;
  /** Bytes that are no longer part of it, but were when the objects were taken; or more. */
  replaced(): number;
}

/**
 * The items of a list at one moment, and the end of the list, as they are sent. The objects never change, so that naming them is the
 * snapshot; their bytes are put together piece by piece as a client takes them, or once for all clients where they are laid out.
 */
export class ListItems {
  /** Bytes of all parts. */
  readonly length: number;
  readonly count: number;
  private readonly skipped: number;
  private pieces: readonly Buffer[] | undefined;

  constructor(
    resource: AnyResource,
    private objects: readonly CachedObject[],
    private readonly moment: Moment,
  ) {
    this.count = objects.length;
    // Items carry no kind and apiVersion of their own; in the bytes these come first and are as long for every object.
    this.skipped = Buffer.byteLength(`{"kind":"${resource.kind}","apiVersion":"${apiVersionOf(resource)}",`);
    let length = Math.max(0, objects.length - 1) + end.length;
    for (const { size } of objects) length += size - this.skipped + 1;
    this.length = length;
  }

  /** Of the objects as they were taken all lists together keep what has been replaced since the oldest of them. */
  get held(): Held {
    const { moment, pieces } = this;
    if (pieces) return { of: pieces, bytes: this.length };
    return {
      of: moment.of,
      get bytes() {
        return moment.replaced();
      },
    };
  }

  get isLaidOut(): boolean {
    return this.pieces !== undefined;
  }

  /** Puts the bytes together once; whoever asks from now on shares them. */
  layOut(): void {
    this.pieces ??= Array.from(this.gathered(this.objects), (piece) => Buffer.from(piece));
    this.objects = [];
  }

  /** In order. A part is valid until the next one is asked for. */
  get parts(): Iterable<Uint8Array> {
    return this.pieces ?? this.gathered(this.objects);
  }

  private *gathered(objects: readonly CachedObject[]): Generator<Buffer> {
    const { skipped } = this;
    const piece = Buffer.allocUnsafeSlow(Math.min(this.length, pieceBytes));
    let used = 0;
    let first = true;
    for (const { bytes } of objects) {
      const size = bytes.length - skipped;
      if (used > 0 && used + size + 2 > piece.length) {
        yield piece.subarray(0, used);
        used = 0;
      }
      if (!first) piece[used++] = comma;
      first = false;
      piece[used++] = brace;
      if (used + size <= piece.length) {
        used += bytes.copy(piece, used, skipped);
        continue;
      }
      yield piece.subarray(0, used);
      yield bytes.subarray(skipped);
      used = 0;
    }
    if (used + end.length > piece.length) {
      yield piece.subarray(0, used);
      used = 0;
    }
    used += end.copy(piece, used);
    yield piece.subarray(0, used);
  }
}
