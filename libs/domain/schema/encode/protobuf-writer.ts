const bits = 0x7fn;
const more = 0x80;

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > bits; rest >>= 7n) bytes.push(Number(rest & bits) | more);
  return [...bytes, Number(rest)];
}

/** Writes the wire format of protobuf: a message is the concatenation of its fields. */
export const protobuf = {
  chunk: (number: number, content: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([...varint(BigInt(number) * 8n + 2n), ...varint(BigInt(content.length))]), content]),

  text: (number: number, value: string): Buffer => protobuf.chunk(number, Buffer.from(value)),

  integer: (number: number, value: bigint): Buffer => Buffer.from([...varint(BigInt(number) * 8n), ...varint(value)]),

  double: (number: number, value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return Buffer.concat([Buffer.from(varint(BigInt(number) * 8n + 1n)), bytes]);
  },
};
