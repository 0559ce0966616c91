import { labelMatcher, matchesLabels, type Pod, type PodDisruptionBudget } from '@shiplog/domain';
import { keyOf, podDisruptionBudgets, pods } from '@shiplog/client';
import { defineController, watch, type Read } from '@shiplog/controller-runtime';
import { planDisruption, type DisruptionWorld } from './disruption.plan.js';
import { scaledKinds, scaleOf } from './pod-scale.js';

/** Keeps the status of PodDisruptionBudgets, which evictions go by: how many of the pods are well, and how many may go. */
export const disruptionController = defineController<PodDisruptionBudget, DisruptionWorld>({
  name: 'disruption-controller',
  reconciles: podDisruptionBudgets,
  watches: [
    watch(pods, ({ current, previous }, read) => [
      ...new Set([current, previous].flatMap((item) => (item ? budgetsOf(item.object, read) : []))),
    ]),
  ],
  reads: scaledKinds,
  observe: (budget, read) => ({
    budget,
    pods: selectedPods(budget, read).map((pod) => ({ pod, scale: scaleOf(pod, read) })),
  }),
  decide: planDisruption,
});

function selectedPods({ metadata, spec }: PodDisruptionBudget, read: Read): Pod[] {
  const { namespace = '' } = metadata;
  const selector = spec?.selector;
  if (!selector) return [];
  const matcher = labelMatcher(selector);
  const labels = selector.matchLabels ?? {};
  const candidates =
    Object.keys(labels).length > 0 ? read(pods).labelled(namespace, labels) : read(pods).inNamespace(namespace);
  return candidates.filter((pod) => matchesLabels(matcher, pod.metadata.labels));
}

const budgetsOf = ({ metadata: { namespace = '', labels } }: Pod, read: Read): string[] =>
  read(podDisruptionBudgets)
    .inNamespace(namespace)
    .filter(({ spec }) => matchesLabels(labelMatcher(spec?.selector), labels))
    .map(keyOf);
