import type { Selectable } from './selectable.js';

/** Which objects of a kind a LIST or a watch is about. */
export interface Selection {
  /** Undefined: all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
  /** Set where a field selector pins `spec.nodeName`: lets a node-agent's watch cost only its own pods. */
  readonly nodeName?: string;
  /** Undefined: every object in scope. */
  matches?(object: Selectable): boolean;
}
