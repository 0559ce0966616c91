/** One named check. Resolves when healthy, throws with the reason when not. */
export interface HealthCheck {
  readonly name: string;
  check(signal: AbortSignal): Promise<void> | void;
}

export interface HealthReport {
  readonly healthy: boolean;
  readonly checks: readonly { readonly name: string; readonly failure?: string }[];
}

/** Runs all checks side by side, each for at most `timeoutMs`. */
export async function runHealthChecks(checks: readonly HealthCheck[], timeoutMs = 2_000): Promise<HealthReport> {
  const results = await Promise.all(
    checks.map(async (check) => {
      const { name } = check;
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        await Promise.race([
          check.check(signal),
          new Promise((_, fail) =>
            signal.addEventListener('abort', () => fail(new Error(`no answer in ${timeoutMs} ms`)), { once: true }),
          ),
        ]);
        return { name };
      } catch (error) {
        return { name, failure: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
  return { healthy: results.every(({ failure }) => failure === undefined), checks: results };
}

/** The text of /healthz?verbose and of every failed check: `[+]ping ok` and `[-]log failed: reason withheld` lines. */
export const renderHealth = (endpoint: string, { healthy, checks }: HealthReport): string =>
  [
    ...checks.map(({ name, failure }) => (failure === undefined ? `[+]${name} ok` : `[-]${name} failed: ${failure}`)),
    `${endpoint} check ${healthy ? 'passed' : 'failed'}`,
    '',
  ].join('\n');
