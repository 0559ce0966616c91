/** What a plugin says about one node. Verdicts are shared constants: saying no allocates nothing. */
export type Verdict = Fits | Rejection;

export interface Fits {
  readonly fits: true;
}

export interface Rejection {
  readonly fits: false;
  /** As people read it: `Insufficient cpu`, `node(s) had untolerated taint(s)`. One verdict may have several. */
  readonly reasons: readonly string[];
  /** Whether removing pods from the node could change it. */
  readonly resolvable: boolean;
}

export const fits: Fits = Object.freeze({ fits: true });

/** Removing pods from the node may help. */
export const unschedulable = (...reasons: string[]): Rejection =>
  Object.freeze({ fits: false, reasons, resolvable: true });
/** No removal of pods helps: preemption skips the node. */
export const unresolvable = (...reasons: string[]): Rejection =>
  Object.freeze({ fits: false, reasons, resolvable: false });
