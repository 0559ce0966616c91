/** Lets one waiter sleep until it is rung or the time is over. Ringing before the wait counts. */
export class Alarm {
  private isRung = false;
  private wakeUp: (() => void) | undefined;

  ring(): void {
    this.isRung = true;
    this.wakeUp?.();
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.isRung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const wake = (): void => resolve(undefined);
      const timer = setTimeout(wake, ms);
      this.wakeUp = wake;
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      this.wakeUp = undefined;
    }
    this.isRung = false;
  }
}
