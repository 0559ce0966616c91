import { createHash } from 'node:crypto';

/** A flow's own 64 bits: of the schema that it matches and of what tells flows of that schema apart. */
export const flowHash = (schema: string, distinguisher: string): bigint =>
  createHash('sha256').update(`${schema}\0${distinguisher}`).digest().readBigUInt64LE(0);

/**
 * The queues that a flow may use: `handSize` different cards of a deck, the same for the same hash. Two flows rarely share all of theirs,
 * so that a flow which fills its queues leaves others a way around. Pure.
 */
export function dealHand(hash: bigint, deckSize: number, handSize: number): number[] {
  const draws: number[] = [];
  let entropy = hash;
  for (let i = 0; i < handSize; i++) {
    const left = BigInt(deckSize - i);
    draws.push(Number(entropy % left));
    entropy /= left;
  }
  return draws.map((draw, i) => {
    let card = draw;
    for (let earlier = i - 1; earlier >= 0; earlier--) if (card >= (draws[earlier] ?? 0)) card++;
    return card;
  });
}
