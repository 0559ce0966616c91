import type { PodTemplateSpec } from '../../api/generated/types.js';
import type { KubeObject } from '../../api/kube-object.js';
import { templateWithoutSwitchedOff } from '../core/pod-spec/switched-off-fields.js';
import type { Strategy } from '../define-resource.js';

type Workload = KubeObject & { spec?: { template?: PodTemplateSpec }; status?: unknown };

/** A workload starts with an empty status and keeps it through updates; its template loses fields that are switched off. */
export function workloadStrategy<T extends Workload>(
  emptyStatus: NonNullable<T['status']>,
): Required<Pick<Strategy<T>, 'prepareForCreate' | 'prepareForUpdate'>> {
  return {
    prepareForCreate: (workload) => ({
      ...workload,
      ...(workload.spec ? { spec: templateWithoutSwitchedOff(workload.spec) } : {}),
      status: emptyStatus,
    }),
    prepareForUpdate: (next, current) => ({
      ...next,
      ...(next.spec ? { spec: templateWithoutSwitchedOff(next.spec, current.spec) } : {}),
      ...(current.status ? { status: current.status } : {}),
    }),
  };
}
