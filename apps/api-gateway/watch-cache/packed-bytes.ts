/** Something whose bytes lie in a piece of memory that it shares with others. */
export interface Tenant {
  /** Whether it will be read for long yet. */
  readonly stays: boolean;
  /** Takes its bytes elsewhere, because most others have gone. */
  moveOut(): void;
}

/** Bytes of one tenant. */
export interface Place {
  readonly piece: PieceOfMemory;
  readonly start: number;
  readonly end: number;
}

const pieceBytes = 256 << 10;

/**
 * Bytes that stay for long, in pieces that many share: memory of its own costs an object 700 bytes more, Node.js, V8 and the allocator
 * taken together. A piece that half of its tenants have left is given up, so that the others do not keep all of it.
 */
export class PackedBytes {
  private open = new PieceOfMemory(this, pieceBytes);

  /** Room for so many bytes, to be written by who asks; its piece is told who lives there. */
  room(length: number): Place {
    if (length <= this.open.room) return this.open.take(length);
    // What fills much of a piece has one for itself: so little is lost at the end of one.
    if (length > pieceBytes / 4) return new PieceOfMemory(this, length).take(length);
    this.open = new PieceOfMemory(this, pieceBytes);
    return this.open.take(length);
  }

  /** Copies. */
  add(bytes: Uint8Array, tenant: Tenant): Place {
    const place = this.room(bytes.length);
    place.piece.read(place.start, place.end).set(bytes);
    place.piece.enter(tenant);
    return place;
  }
}

export class PieceOfMemory {
  private readonly memory: Buffer;
  private tenants: Tenant[] = [];
  private left = 0;
  private used = 0;

  constructor(
    readonly among: PackedBytes,
    size: number,
  ) {
    this.memory = Buffer.allocUnsafeSlow(size);
  }

  get room(): number {
    return this.memory.length - this.used;
  }

  take(length: number): Place {
    const start = this.used;
    this.used += length;
    return { piece: this, start, end: this.used };
  }

  enter(tenant: Tenant): void {
    this.tenants.push(tenant);
  }

  /** A view. What it shows stays for as long as it is held, whoever leaves. */
  read(start: number, end: number): Buffer {
    return this.memory.subarray(start, end);
  }

  /** One of those that live here does not stay any more. */
  leave(): void {
    this.left++;
    if (this.left * 2 < this.tenants.length) return;
    const { tenants } = this;
    this.tenants = [];
    this.left = 0;
    for (const tenant of tenants) if (tenant.stays) tenant.moveOut();
  }
}
