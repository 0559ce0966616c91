import { labelMatcher, matchesLabels, type Deployment, type ReplicaSet } from '@shiplog/domain';
import { deployments, keyOf, pods, replicaSets } from '@shiplog/client';
import { controllersOf, defineController, watch, type Read } from '@shiplog/controller-runtime';
import { controllerOf, isControlledBy, orphansByNamespace } from '../../objects/ownership.js';
import { planDeployment, type DeploymentWorld } from './deployment.plan.js';
import { newReplicaSetName } from './new-replica-set.js';

/** Rolls a Deployment's template out through its ReplicaSets. */
export const deploymentController = defineController<Deployment, DeploymentWorld>({
  name: 'deployment-controller',
  reconciles: deployments,
  watches: [
    watch(replicaSets, (change, read) => [
      ...controllersOf(deployments)(change),
      ...(change.type === 'deleted' || controllerOf(change.current.object)
        ? []
        : possibleAdopters(change.current.object, read)),
    ]),
    // Recreate waits for the last old pod to be gone; all else reaches the Deployment through its ReplicaSets.
    watch(pods, (change, read) => (change.type === 'deleted' ? recreatedOwner(change.current.object, read) : [])),
  ],
  observe(deployment, read) {
    const { namespace = '', uid = '' } = deployment.metadata;
    const owned = read(replicaSets).ownedBy(uid);
    const namesake = read(replicaSets).get(namespace, newReplicaSetName(deployment));
    return {
      deployment,
      replicaSets: [...owned, ...read(replicaSets).by(orphansByNamespace, namespace)],
      pods:
        deployment.spec?.strategy?.type === 'Recreate'
          ? owned.flatMap((replicaSet) => read(pods).ownedBy(replicaSet.metadata.uid ?? ''))
          : [],
      ...(namesake ? { namesake } : {}),
    };
  },
  decide: planDeployment,
});

const possibleAdopters = (replicaSet: ReplicaSet, read: Read): string[] =>
  read(deployments)
    .inNamespace(replicaSet.metadata.namespace ?? '')
    .filter(({ spec }) => matchesLabels(labelMatcher(spec?.selector), replicaSet.metadata.labels))
    .map(keyOf);

function recreatedOwner(pod: Parameters<typeof controllerOf>[0], read: Read): string[] {
  const owner = controllerOf(pod);
  const replicaSet = owner && read(replicaSets).get(pod.metadata.namespace, owner.name);
  const deployment = replicaSet && controllerOf(replicaSet);
  const found = deployment && read(deployments).get(pod.metadata.namespace, deployment.name);
  if (!replicaSet || found?.spec?.strategy?.type !== 'Recreate') return [];
  return isControlledBy(replicaSet, found) ? [keyOf(found)] : [];
}
