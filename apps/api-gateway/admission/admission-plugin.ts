import type { AdmissionRequest, KubeObject } from '@shiplog/domain';

export type { AdmissionRequest } from '@shiplog/domain';

/** One rule about writes that goes beyond a kind's own validation. Run in the order of `plugins.ts`. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(request: AdmissionRequest): boolean;
  /**
   * Mutates: returns the object to go on with, changed in place or a copy (`request.object` is the caller's own); undefined leaves it.
   * Refuses by throwing a StatusError, where the refusal must come before later plugins look at the object.
   */
  admit?(request: AdmissionRequest, signal: AbortSignal): Promise<KubeObject | undefined> | KubeObject | undefined;
  /** Refuses by throwing a StatusError. */
  validate?(request: AdmissionRequest, signal: AbortSignal): Promise<void> | void;
}
