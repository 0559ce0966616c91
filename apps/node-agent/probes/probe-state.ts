import type { Probe } from '@shiplog/domain';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';

/** What one try of a probe showed. `unknown`: it could not be tried. */
export interface ProbeOutcome {
  readonly result: 'success' | 'failure' | 'unknown';
  readonly output: string;
}

/** What a probe says after all tries so far. */
export interface ProbeState {
  readonly verdict: 'success' | 'failure' | 'pending';
  /** How often in a row the last result came. */
  readonly streak: number;
  readonly last?: 'success' | 'failure';
}

/** Before the first try: not ready, but alive; and not known to have started. */
export const initialState = (kind: ProbeKind): ProbeState => ({
  verdict: kind === 'liveness' ? 'success' : kind === 'readiness' ? 'failure' : 'pending',
  streak: 0,
});

/** The state after one more try: a verdict changes once enough tries in a row have the same result. Pure. */
export function nextState(
  state: ProbeState,
  { result }: ProbeOutcome,
  { failureThreshold = 3, successThreshold = 1 }: Probe,
): ProbeState {
  if (result === 'unknown') return state;
  const streak = state.last === result ? state.streak + 1 : 1;
  const threshold = result === 'success' ? successThreshold : failureThreshold;
  return { verdict: streak >= threshold ? result : state.verdict, streak, last: result };
}
