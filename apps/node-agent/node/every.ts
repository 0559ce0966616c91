/** Acts at once and then every `period` milliseconds until aborted; sooner after a failure, and never twice at a time. */
export async function every(
  period: number,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
  act: () => Promise<void>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = Date.now();
    try {
      await act();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      onFailure(error);
    }
    const delay = failures === 0 ? period - (Date.now() - startedAt) : Math.min(250 * 2 ** failures, period);
    await pause(Math.max(delay, 0), signal);
  }
}

/** Resolves after the time, or at once when aborted. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
