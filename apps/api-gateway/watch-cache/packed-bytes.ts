/** Something whose bytes lie in a piece of memory that it shares with others. */
export interface Tenant {
  /** Whether it may be read for long yet. */
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

/** What malloc takes for itself is left to it: one byte more than 256 KiB, and each piece would cost a page. */
const most = (256 << 10) - 64;
const least = 8 << 10;

/**
 * Bytes in pieces of memory that many share: memory of its own costs an object 700 bytes more, Node.js, V8 and the allocator
 * taken together, and what small pieces leave behind when they are freed the allocator keeps. A full piece that half of its tenants have left is
 * given up, so that the others do not keep all of it. Pieces are small at first: most kinds have few objects.
 */
export class PackedBytes {
  private open: PieceOfMemory | undefined;
  private next = least;

  /** Room for so many bytes, to be written by who asks, who then enters its piece. */
  room(length: number): Place {
    // What fills much of a piece has one for itself: so little is lost at the end of one.
    if (length > most / 4) return new PieceOfMemory(this, length).take(length);
    if (this.open === undefined || length > this.open.room) this.open = this.piece(length);
    return this.open.take(length);
  }

  /** Copies. The tenant is still to enter. */
  add(bytes: Uint8Array): Place {
    const place = this.room(bytes.length);
    place.piece.read(place.start, place.end).set(bytes);
    return place;
  }

  /** More may come to live in this piece. */
  isOpen(piece: PieceOfMemory): boolean {
    return this.open === piece;
  }

  private piece(length: number): PieceOfMemory {
    const size = Math.min(most, Math.max(this.next, length));
    this.next = size * 2;
    return new PieceOfMemory(this, size);
  }
}

export class PieceOfMemory {
  private readonly memory: Buffer;
  /** Undefined once it has been given up. */
  private tenants: Tenant[] | undefined = [];
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
    this.tenants?.push(tenant);
  }

  /** A view. What it shows stays for as long as it is held, whoever leaves. */
  read(start: number, end: number): Buffer {
    return this.memory.subarray(start, end);
  }

  /** One of those that live here is not read any more. Each says so once. */
  leave(): void {
    const { tenants } = this;
    if (tenants === undefined || ++this.left * 2 < tenants.length || this.among.isOpen(this)) return;
    this.tenants = undefined;
    for (const tenant of tenants) if (tenant.stays) tenant.moveOut();
  }
}
