/** The bytes are no protobuf message, or end too early. */
export class ProtobufError extends Error {}

/** Reads the wire format of protobuf. Every method moves on behind what it read. @throws ProtobufError */
export class ProtobufReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  /** The next field's number and wire type. */
  tag(): { number: number; wire: number } {
    const tag = Number(this.varint());
    const number = Math.floor(tag / 8);
    if (number === 0) throw new ProtobufError('proto: illegal tag 0');
    return { number, wire: tag % 8 };
  }

  varint(): bigint {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new ProtobufError('unexpected EOF');
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, result);
    }
    throw new ProtobufError('proto: integer overflow');
  }

  double(): number {
    return new DataView(this.slice(8).slice().buffer).getFloat64(0, true);
  }

  chunk(): Uint8Array {
    return this.slice(Number(this.varint()));
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.slice(8);
    else if (wire === 2) this.chunk();
    else if (wire === 5) this.slice(4);
    else throw new ProtobufError(`proto: illegal wireType ${wire}`);
  }

  private slice(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new ProtobufError('unexpected EOF');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
