import type { HealthCheck } from '@shiplog/component-base';

/** What a process of this application runs. */
export interface Agent {
  readonly healthChecks: readonly HealthCheck[];
  /** Runs until aborted. @throws if what it needs cannot be reached at the start. */
  run(signal: AbortSignal): Promise<void>;
}
