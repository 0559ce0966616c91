/** The fields of one row, undefined where the column is NULL. */
export type Fields = readonly (Buffer | undefined)[];

/** Signature, flags, and the length of what may follow them. */
const headerLength = 19;
const extensionAt = 15;
const none = Buffer.alloc(0);

/**
 * Reads rows in the binary form of PostgreSQL's COPY (its manual, "COPY: binary format") from the pieces in which they arrive. A result as text costs
 * both sides several times as much: bytes go as hexadecimal digits.
 */
export class CopiedRows {
  private rest: Buffer = none;
  private begun = false;

  /** The rows that end in this piece. Their fields lie in its memory. */
  take(piece: Buffer): Fields[] {
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    const rows: Fields[] = [];
    let at = this.begun ? 0 : endOfHeader(bytes);
    while (at !== undefined) {
      this.begun = true;
      this.rest = bytes.subarray(at);
      at = endOfRow(bytes, at, rows);
    }
    if (!this.begun) this.rest = bytes;
    return rows;
  }
}

function endOfHeader(bytes: Buffer): number | undefined {
  if (bytes.length < headerLength) return undefined;
  const end = headerLength + bytes.readInt32BE(extensionAt);
  return end <= bytes.length ? end : undefined;
}

/** Adds the row that begins here to `rows`. Undefined if it is not there as a whole, or the trailer is. */
function endOfRow(bytes: Buffer, start: number, rows: Fields[]): number | undefined {
  if (start + 2 > bytes.length) return undefined;
  const count = bytes.readInt16BE(start);
  if (count < 0) return undefined;
  const fields: (Buffer | undefined)[] = [];
  let at = start + 2;
  while (fields.length < count) {
    if (at + 4 > bytes.length) return undefined;
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0) {
      fields.push(undefined);
      continue;
    }
    if (at + length > bytes.length) return undefined;
    fields.push(bytes.subarray(at, (at += length)));
  }
  rows.push(fields);
  return at;
}
