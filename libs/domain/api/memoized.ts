const longestText = 1_024;

/**
 * A pure function of a text that remembers what it answered, for texts that come again and again. Forgets everything once it knows
 * `atMost` texts, so that odd input fills no memory. What it answers is shared: not to be changed.
 */
export function memoized<Text extends string | number, Value>(
  compute: (text: Text) => Value,
  atMost: number,
): (text: Text) => Value {
  const known = new Map<Text, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = compute(text);
    if (typeof text === 'string' && text.length > longestText) return value;
    if (known.size >= atMost) known.clear();
    known.set(text, value);
    return value;
  };
}
