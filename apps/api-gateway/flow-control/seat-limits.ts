/** How many seats a level has: its share, what it never lends, and how far it may grow by borrowing. */
export interface SeatLimits {
  readonly nominal: number;
  readonly lower: number;
  readonly upper: number;
}

interface Shares {
  readonly shares: number;
  readonly lendable: number;
  readonly borrowing?: number;
}

/** Divides the server's seats by shares; rounding up may make it a few more. Pure. Source: KEP-1040. */
export function shareSeats<T extends Shares>(levels: readonly T[], seats: number): Map<T, SeatLimits> {
  const sum = levels.reduce((total, { shares }) => total + shares, 0);
  return new Map(
    levels.map((level) => {
      const nominal = sum === 0 ? 0 : Math.ceil((seats * level.shares) / sum);
      const lent = Math.round((nominal * level.lendable) / 100);
      const borrowed = level.borrowing === undefined ? seats : Math.round((nominal * level.borrowing) / 100);
      return [level, { nominal, lower: nominal - lent, upper: nominal + borrowed }];
    }),
  );
}

export interface LevelDemand {
  readonly limits: SeatLimits;
  /** The most seats wanted at once of late. */
  readonly peak: number;
  /** The same over a longer time. */
  readonly smoothed: number;
  readonly exempt: boolean;
}

/**
 * The seats that each level has until the next adjustment. What a level does not want it lends, down to its lower limit; what is free goes to those
 * who want more, in proportion to what they want. While nobody wants more than its share everybody has it. Exempt levels take what they want
 * first. Pure; in the order of the levels.
 */
export function allocateSeats(levels: readonly LevelDemand[]): number[] {
  const total = levels.reduce((sum, { limits }) => sum + limits.nominal, 0);
  const exemptDemand = levels.reduce((sum, level) => sum + (level.exempt ? floorOf(level) : 0), 0);
  const limited = levels.filter(({ exempt }) => !exempt);
  const nobodyBorrows = limited.every(({ limits, peak, smoothed }) => Math.max(peak, smoothed) <= limits.nominal);
  if (nobodyBorrows) return levels.map(({ exempt, limits }) => (exempt ? Infinity : limits.nominal));
  const left = total - exemptDemand;
  const share = proportion(limited, left);
  return levels.map((level) => (level.exempt ? Infinity : Math.round(share(level))));
}

/** Nobody gets less than it wants within its own share. */
const floorOf = ({ limits, peak, exempt }: LevelDemand): number =>
  Math.max(limits.lower, exempt ? peak : Math.min(limits.nominal, peak));

function proportion(levels: readonly LevelDemand[], left: number): (level: LevelDemand) => number {
  const lowest = sumOf(levels, ({ limits }) => limits.lower);
  const floors = sumOf(levels, floorOf);
  if (left <= lowest) return ({ limits }) => limits.lower;
  if (left <= floors) {
    const fraction = (left - lowest) / (floors - lowest);
    return (level) => level.limits.lower + (floorOf(level) - level.limits.lower) * fraction;
  }
  const at = (fraction: number) => (level: LevelDemand) =>
    Math.min(level.limits.upper, Math.max(floorOf(level), fraction * target(level)));
  let low = 0;
  let high = left / minTarget;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (sumOf(levels, at(middle)) < left) low = middle;
    else high = middle;
  }
  return at(high);
}

const minTarget = 0.001;
const target = (level: LevelDemand): number => Math.max(minTarget, floorOf(level), level.smoothed);
const sumOf = (levels: readonly LevelDemand[], of: (level: LevelDemand) => number): number =>
  levels.reduce((sum, level) => sum + of(level), 0);
