import { labelMatcher, matchesLabels, type Pod, type ReplicaSet } from '@shiplog/domain';
import { keyOf, pods, replicaSets } from '@shiplog/client';
import { controllersOf, defineController, watch, type Read } from '@shiplog/controller-runtime';
import { controllerOf, orphansByNamespace } from '../../objects/ownership.js';
import { isActive } from '../../objects/pod-state.js';
import { planReplicaSet, type ReplicaSetWorld } from './replica-set.plan.js';

/** Keeps as many pods of a template as a ReplicaSet asks for. */
export const replicaSetController = defineController<ReplicaSet, ReplicaSetWorld>({
  name: 'replicaset-controller',
  reconciles: replicaSets,
  watches: [
    watch(pods, (change, read) => [
      ...controllersOf(replicaSets)(change),
      ...(change.type === 'deleted' || controllerOf(change.current.object)
        ? []
        : possibleAdopters(change.current.object, read)),
    ]),
  ],
  observe(replicaSet, read) {
    const { namespace = '', uid = '' } = replicaSet.metadata;
    const owned = read(pods).ownedBy(uid);
    const isTooMany = owned.filter(isActive).length > (replicaSet.spec?.replicas ?? 1);
    return {
      replicaSet,
      pods: [...owned, ...read(pods).by(orphansByNamespace, namespace)],
      related: isTooMany ? relatedPods(replicaSet, read) : [],
    };
  },
  decide: planReplicaSet,
});

const possibleAdopters = (pod: Pod, read: Read): string[] =>
  read(replicaSets)
    .inNamespace(pod.metadata.namespace ?? '')
    .filter(({ spec }) => matchesLabels(labelMatcher(spec?.selector), pod.metadata.labels))
    .map(keyOf);

/** The active pods of every ReplicaSet of the same Deployment. */
function relatedPods(replicaSet: ReplicaSet, read: Read): Pod[] {
  const owner = controllerOf(replicaSet);
  const siblings = owner ? read(replicaSets).ownedBy(owner.uid) : [replicaSet];
  return siblings.flatMap(({ metadata }) => read(pods).ownedBy(metadata.uid ?? '')).filter(isActive);
}
