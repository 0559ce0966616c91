const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const maxLength = 63;

/** A name for `generateName`: the prefix, cut so that the whole fits 63 characters, and five random characters without vowels. */
export function generatedName(prefix: string, random: () => number): string {
  const suffix = Array.from({ length: suffixLength }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  return prefix.slice(0, maxLength - suffixLength) + suffix;
}
