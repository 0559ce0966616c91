/** Signature, flags, and the length of what may follow them. */
const headerLength = 19;
const extensionAt = 15;
const none = Buffer.alloc(0);

/** One row; the same object for each, so that a field that nobody asks for costs nothing. */
export class CopiedRow {
  private bytes: Buffer = none;
  private readonly starts: number[] = [];
  /** -1 where the column is NULL. */
  private readonly lengths: number[] = [];

  isNull(column: number): boolean {
    return (this.lengths[column] ?? -1) < 0;
  }

  /** NULL is empty. */
  text(column: number): string {
    const start = this.starts[column] ?? 0;
    return this.isNull(column) ? '' : this.bytes.toString('utf8', start, start + (this.lengths[column] ?? 0));
  }

  bigint(column: number): bigint {
    return this.bytes.readBigInt64BE(this.starts[column]);
  }

  /** In the memory of the piece that the row came in. NULL is empty. */
  buffer(column: number): Buffer {
    const start = this.starts[column] ?? 0;
    return this.isNull(column) ? none : this.bytes.subarray(start, start + (this.lengths[column] ?? 0));
  }

  /** Becomes the row that begins here. Where it ends; undefined if it is not there as a whole, or the trailer is. */
  become(bytes: Buffer, start: number): number | undefined {
    if (start + 2 > bytes.length) return undefined;
    const columns = bytes.readInt16BE(start);
    if (columns < 0) return undefined;
    let at = start + 2;
    for (let column = 0; column < columns; column++) {
      if (at + 4 > bytes.length) return undefined;
      const length = bytes.readInt32BE(at);
      at += 4;
      this.starts[column] = at;
      this.lengths[column] = length;
      if (length > 0) at += length;
      if (at > bytes.length) return undefined;
    }
    this.bytes = bytes;
    return at;
  }
}

/**
 * Reads rows in the binary form of PostgreSQL's COPY (its manual, "COPY: binary format") from the pieces in which they arrive. A result as text costs
 * both sides several times as much: bytes go as hexadecimal digits.
 */
export class CopiedRows {
  private readonly row = new CopiedRow();
  private rest: Buffer = none;
  private begun = false;

  /** What `read` makes of each row that ends in this piece. */
  take<T>(piece: Buffer, read: (row: CopiedRow) => T): T[] {
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    const rows: T[] = [];
    let rest = 0;
    let at = this.begun ? 0 : endOfHeader(bytes);
    while (at !== undefined) {
      this.begun = true;
      rest = at;
      at = this.row.become(bytes, at);
      if (at !== undefined) rows.push(read(this.row));
    }
    this.rest = bytes.subarray(rest);
    return rows;
  }
}

function endOfHeader(bytes: Buffer): number | undefined {
  if (bytes.length < headerLength) return undefined;
  const end = headerLength + bytes.readInt32BE(extensionAt);
  return end <= bytes.length ? end : undefined;
}
