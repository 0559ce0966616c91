/** Bytes that may be held at a time, by all together and by one owner. What an owner has taken it must give back. */
export class ByteBudget {
  private readonly taken = new Map<string, number>();
  private total = 0;

  constructor(
    private readonly limit: number,
    private readonly limitOfOne: number,
  ) {}

  get used(): number {
    return this.total;
  }

  /** Whether the owner may have more. One request's worth is never refused to who has nothing while there is room. */
  hasRoom(owner: string, bytes: number): boolean {
    const own = this.taken.get(owner) ?? 0;
    return this.total + bytes <= this.limit && (own === 0 || own + bytes <= this.limitOfOne);
  }

  take(owner: string, bytes: number): boolean {
    if (!this.hasRoom(owner, bytes)) return false;
    this.add(owner, bytes);
    return true;
  }

  /** Takes even where there is no room: for what is there already. */
  add(owner: string, bytes: number): void {
    this.total += bytes;
    this.taken.set(owner, (this.taken.get(owner) ?? 0) + bytes);
  }

  give(owner: string, bytes: number): void {
    this.total -= bytes;
    const left = (this.taken.get(owner) ?? 0) - bytes;
    if (left > 0) this.taken.set(owner, left);
    else this.taken.delete(owner);
  }
}
