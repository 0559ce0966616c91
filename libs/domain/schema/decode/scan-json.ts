/** What a parsed value does not tell about the text it came from. */
export interface JsonScan {
  /** Object keys in the text, duplicates included. */
  readonly keys: number;
  readonly depth: number;
  /** A number of 16 digits or more: it may not be exact as a JavaScript number. */
  readonly longNumber: boolean;
}

const quote = 0x22;
const backslash = 0x5c;

/** The position behind the string that opens before `at`. */
function afterString(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length && bytes[i] !== quote) i += bytes[i] === backslash ? 2 : 1;
  return i + 1;
}

/** Counts in one pass over well-formed JSON; cheap beside parsing it. On malformed text the counts mean nothing. */
export function scanJson(bytes: Uint8Array): JsonScan {
  let keys = 0;
  let depth = 0;
  let deepest = 0;
  let digits = 0;
  let longNumber = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) {
      if (++digits >= 16) longNumber = true;
      continue;
    }
    digits = 0;
    if (byte === quote) i = afterString(bytes, i + 1) - 1;
    else if (byte === 0x3a) keys++;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return { keys, depth: deepest, longNumber };
}
