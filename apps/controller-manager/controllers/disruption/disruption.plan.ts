import { labelMatcher, printLabelMatcher, type Pod, type PodDisruptionBudget } from '@shiplog/domain';
import { lookAgainAfter, plan, setStatus, tell, type Notice, type Plan } from '@shiplog/controller-runtime';
import { disruptionStatus, disruptedPods, expectation, syncFailedStatus } from './disruption.status.js';
import type { SelectedPod } from './pod-scale.js';

export interface DisruptionWorld {
  readonly budget: PodDisruptionBudget;
  /** What the budget's selector takes. */
  readonly pods: readonly SelectedPod[];
}

/** What a budget's status must say, and who has to be told. If the expected number is unknown, nothing may be disrupted. Pure. */
export function planDisruption({ budget, pods }: DisruptionWorld, now: Date): Plan {
  const noPods = pods.length === 0 && tell({ type: 'Normal', reason: 'NoPods', message: 'No matching pods found' });
  const expected = expectation(budget, pods);
  if ('failure' in expected)
    return plan(
      noPods,
      tell(calculationFailed(expected.failure)),
      setStatus(syncFailedStatus(budget, expected.failure, now)),
    );
  const { awaited, overdue, recheckInMs } = disruptedPods(budget, pods, now);
  return plan(
    noPods,
    expected.unmanaged.length > 0 && tell(unmanagedPods(budget)),
    ...overdue.map((pod) => tell(notDeleted(budget, pod))),
    setStatus(disruptionStatus(budget, pods, expected, awaited, now)),
    recheckInMs === undefined ? undefined : lookAgainAfter(recheckInMs),
  );
}

const calculationFailed = (failure: string): Notice => ({
  type: 'Warning',
  reason: 'CalculateExpectedPodCountFailed',
  message: `Failed to calculate the number of expected pods: ${failure}`,
});

const unmanagedPods = ({ spec }: PodDisruptionBudget): Notice => ({
  type: 'Warning',
  reason: 'UnmanagedPods',
  message:
    `Nobody controls some of the pods that this budget selects (${printLabelMatcher(labelMatcher(spec?.selector))}), ` +
    'so how many are expected cannot be said correctly. Set spec.minAvailable to a number to count them as they are.',
});

const notDeleted = ({ metadata: { namespace, name } }: PodDisruptionBudget, pod: Pod): Notice => ({
  type: 'Warning',
  reason: 'NotDeleted',
  message: `Pod was expected by PDB ${namespace}/${name} to be deleted but it wasn't`,
  about: pod,
});
