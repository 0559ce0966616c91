import type { AdmissionRequest, KubeObject } from '@shiplog/domain';

export type { AdmissionRequest } from '@shiplog/domain';

/** One rule about writes that goes beyond a kind's own validation. Run in the order of `admission-plugins.ts`. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(request: AdmissionRequest): boolean;
  /** Mutates: returns the object to go on with, changed in place or a copy (`request.object` is the caller's own). */
  admit?(request: AdmissionRequest, signal: AbortSignal): Promise<KubeObject> | KubeObject;
  /** Refuses by throwing a StatusError. */
  validate?(request: AdmissionRequest, signal: AbortSignal): Promise<void> | void;
}
