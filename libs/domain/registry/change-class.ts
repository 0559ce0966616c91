import { deepEqual } from '../api/deep-equal.js';
import type { KubeObject } from '../api/kube-object.js';
import type { ChangeClass } from '../events/resource-event.js';
import { desiredStateDiffers } from './generation.js';

/** What part of the object a change touched, the most telling first. */
export function changeClass(next: KubeObject, current: KubeObject): ChangeClass {
  if (desiredStateDiffers(next, current)) return 'spec';
  return deepEqual(next['status'], current['status']) ? 'metadata' : 'status';
}
