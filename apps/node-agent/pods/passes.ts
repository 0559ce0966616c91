const retryDelay = 1_000;
const longestRetryDelay = 10_000;

/** Runs passes, one at a time: whatever happens during one leads to another. One that fails is repeated, later and later. Times are milliseconds. */
export class Passes {
  private isDirty = false;
  private isRunning = false;
  private isClosed = false;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private retryAt = Infinity;

  constructor(
    private readonly pass: () => Promise<void>,
    private readonly onFailure: (error: unknown) => void,
    private readonly now: () => number,
  ) {}

  wake(): void {
    this.isDirty = true;
    if (!this.isRunning && !this.isClosed) void this.run();
  }

  /** Asks, during a pass, for another at that time, if nothing leads to one before. */
  lookAgainAt(time: number): void {
    this.retryAt = Math.min(this.retryAt, time);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.isDirty && !this.isClosed) {
      this.isDirty = false;
      this.retryAt = Infinity;
      try {
        await this.pass();
        this.failures = 0;
      } catch (error) {
        if (this.isClosed) break;
        this.failures += 1;
        this.onFailure(error);
        this.lookAgainAt(this.now() + Math.min(retryDelay * 2 ** (this.failures - 1), longestRetryDelay));
      }
    }
    this.isRunning = false;
    this.armTimer();
  }

  private armTimer(): void {
    clearTimeout(this.timer);
    if (this.retryAt === Infinity || this.isClosed) return;
    const delay = Math.min(Math.max(this.retryAt - this.now(), 0), 2 ** 31 - 1);
    this.timer = setTimeout(() => this.wake(), delay);
  }
}
