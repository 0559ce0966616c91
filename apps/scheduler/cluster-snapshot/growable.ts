/** The same numbers in an array that has room for index `index`. Returns the array itself if it has. */
export function withRoom<T extends Int32Array | Float64Array | Uint8Array>(array: T, index: number): T {
  if (index < array.length) return array;
  const size = Math.max(16, array.length * 2, index + 1);
  const grown = new (array.constructor as new (length: number) => T)(size);
  grown.set(array);
  return grown;
}
