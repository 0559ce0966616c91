const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const microsecondsTo2000 = 946_684_800_000_000n;

/**
 * Rows in the binary form of PostgreSQL's COPY (its manual, "COPY: binary format"): sets of large rows cost half of what they cost as
 * parameters of a statement. Call `row`, then one method for each of its columns, and `end` after the last.
 */
export class BinaryRows {
  private bytes = Buffer.allocUnsafe(64 << 10);
  private length = 0;

  constructor() {
    this.raw(signature);
  }

  row(columns: number): this {
    this.reserve(2);
    this.length = this.bytes.writeInt16BE(columns, this.length);
    return this;
  }

  text(value: string | undefined): this {
    if (value === undefined) return this.int32(-1);
    const length = Buffer.byteLength(value);
    this.int32(length);
    this.reserve(length);
    this.length += this.bytes.write(value, this.length);
    return this;
  }

  bigint(value: bigint): this {
    this.int32(8);
    this.reserve(8);
    this.length = this.bytes.writeBigInt64BE(value, this.length);
    return this;
  }

  /** Milliseconds of the Unix epoch. @throws RangeError for what is no time. */
  timestamp(milliseconds: number): this {
    return this.bigint(BigInt(milliseconds) * 1_000n - microsecondsTo2000);
  }

  jsonb(json: string): this {
    const length = Buffer.byteLength(json);
    this.int32(length + 1);
    this.reserve(length + 1);
    this.length = this.bytes.writeUInt8(1, this.length);
    this.length += this.bytes.write(json, this.length);
    return this;
  }

  bytea(value: Uint8Array): this {
    this.int32(value.length);
    return this.raw(value);
  }

  /** All rows, with the trailer. */
  end(): Buffer {
    this.reserve(2);
    this.length = this.bytes.writeInt16BE(-1, this.length);
    return this.bytes.subarray(0, this.length);
  }

  private int32(value: number): this {
    this.reserve(4);
    this.length = this.bytes.writeInt32BE(value, this.length);
    return this;
  }

  private raw(value: Uint8Array): this {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
    return this;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
