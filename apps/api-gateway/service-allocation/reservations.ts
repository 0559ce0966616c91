/** How long a value stays reserved for a Service that has not been seen in the log yet. */
const lifetimeMs = 10_000;

interface Reservation {
  readonly owner: string;
  readonly until: number;
  /** A mere pick keeps others from being given the same; a firm one keeps them from asking for it too. */
  readonly firm: boolean;
}

/**
 * Who holds which value (address or port). What the objects say is the truth; reservations bridge the moment between deciding
 * and seeing the object in the log, and go by themselves if it never comes.
 */
export class Reservations {
  /** Value → owners, as the watch cache shows it. */
  private readonly held = new Map<string, Set<string>>();
  private readonly heldBy = new Map<string, readonly string[]>();
  private readonly reserved = new Map<string, Reservation>();

  constructor(private readonly now: () => number) {}

  /** The owner's object now holds exactly these values; none when it is gone. */
  settle(owner: string, values: readonly string[]): void {
    for (const value of this.heldBy.get(owner) ?? []) {
      const owners = this.held.get(value);
      owners?.delete(owner);
      if (owners?.size === 0) this.held.delete(value);
    }
    this.heldBy.delete(owner);
    if (values.length > 0) this.heldBy.set(owner, values);
    for (const value of values) {
      this.held.set(value, (this.held.get(value) ?? new Set()).add(owner));
      if (this.reserved.get(value)?.owner === owner) this.reserved.delete(value);
    }
  }

  /** Who else holds the value for sure. */
  otherHolder(value: string, owner: string): string | undefined {
    const reservation = this.live(value);
    if (reservation?.firm && reservation.owner !== owner) return reservation.owner;
    return this.held
      .get(value)
      ?.values()
      .find((other) => other !== owner);
  }

  /** Whether nobody at all has to do with the value. */
  isFree(value: string): boolean {
    return !this.held.has(value) && this.live(value) === undefined;
  }

  reserve(value: string, owner: string, kind: 'pick' | 'firm'): void {
    this.reserved.set(value, { owner, until: this.now() + lifetimeMs, firm: kind === 'firm' });
  }

  private live(value: string): Reservation | undefined {
    const reservation = this.reserved.get(value);
    if (reservation === undefined || reservation.until > this.now()) return reservation;
    this.reserved.delete(value);
    return undefined;
  }
}
