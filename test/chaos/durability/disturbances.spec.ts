import { disturbances } from './disturbances.mjs';
import { seeded } from './random.mjs';

const plan = (kills: number, powerCuts: number, seed = 1) => disturbances(kills, powerCuts, seeded(seed));
const count = (kind: 'kill' | 'cut', kills: number, powerCuts: number) =>
  plan(kills, powerCuts).filter((one) => one.kind === kind).length;

describe('disturbances', () => {
  it.each([
    [50, 20],
    [50, 0],
    [0, 3],
  ])('are %i kills and %i power cuts', (kills, powerCuts) =>
    expect([count('kill', kills, powerCuts), count('cut', kills, powerCuts)]).toEqual([kills, powerCuts]),
  );

  it('are mixed', () => {
    const kinds = plan(50, 20).map(({ kind }) => kind);
    expect(new Set(kinds.slice(0, 20)).size).toBe(2);
    expect(new Set(kinds.slice(-20)).size).toBe(2);
  });

  it('are the same for the same seed, and others for another', () => {
    expect(plan(50, 20)).toEqual(plan(50, 20));
    expect(plan(50, 20, 2)).not.toEqual(plan(50, 20));
  });

  it('cut the power at any moment, after a write, and after a kill, with no byte left of what that had not synced', () => {
    const cuts = plan(0, 21).map(({ afterKill, afterWrites, harshly }) => ({ afterKill, afterWrites, harshly }));
    const any = cuts.filter(({ afterWrites }) => afterWrites === undefined);
    const afterKills = cuts.filter(({ afterKill }) => afterKill);
    expect([any.length, afterKills.length]).toEqual([7, 7]);
    expect(afterKills.every(({ afterWrites, harshly }) => harshly === true && (afterWrites ?? 0) <= 2)).toBe(true);
    expect(cuts.every(({ afterWrites = 1 }) => afterWrites >= 1)).toBe(true);
  });
});
