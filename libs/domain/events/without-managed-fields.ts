const metadataOpening = Buffer.from('"metadata":{');
const managedFieldsOpening = Buffer.from('"managedFields":[');
const [quote, comma, backslash, squareOpening, squareClosing, curlyOpening, curlyClosing] = [
  ...Buffer.from('",\\[]{}'),
] as [number, number, number, number, number, number, number];

/**
 * The JSON text of a serialized object without metadata.managedFields, which is nearly half of a pod's text and half of what parsing it costs: who only
 * reads objects has no use for it, as upstream's components have none (their informers trim it).
 */
export function textWithoutManagedFields(bytes: Buffer): string {
  const from = bytes.indexOf(metadataOpening) + metadataOpening.length;
  const start = bytes.indexOf(managedFieldsOpening, from);
  // Inside of a string its quotes would be escaped; a field of this name may lie elsewhere all the same.
  if (start < 0 || depthAt(bytes, from, start) !== 0) return bytes.toString();
  const end = behindClosing(bytes, start + managedFieldsOpening.length);
  const isFirst = bytes[start - 1] !== comma;
  return (
    bytes.toString('utf8', 0, isFirst ? start : start - 1) +
    bytes.toString('utf8', isFirst && bytes[end] === comma ? end + 1 : end)
  );
}

/** How many brackets that opened behind `from` are open at `at`; -1 if one has closed that opened before. */
function depthAt(bytes: Buffer, from: number, at: number): number {
  let depth = 0;
  for (let i = from; i < at && depth >= 0; i = behindToken(bytes, i)) depth += nesting(bytes[i]);
  return depth;
}

/** Behind the bracket that closes the one which opened before `from`. */
function behindClosing(bytes: Buffer, from: number): number {
  let depth = 1;
  let at = from;
  for (; at < bytes.length && depth > 0; at = behindToken(bytes, at)) depth += nesting(bytes[at]);
  return at;
}

const nesting = (byte: number | undefined): -1 | 0 | 1 => {
  if (byte === curlyOpening || byte === squareOpening) return 1;
  return byte === curlyClosing || byte === squareClosing ? -1 : 0;
};

/** Behind the string that begins at `at`; else behind this byte. */
function behindToken(bytes: Buffer, at: number): number {
  let next = at + 1;
  if (bytes[at] !== quote) return next;
  while (next < bytes.length && bytes[next] !== quote) next += bytes[next] === backslash ? 2 : 1;
  return next + 1;
}
