import type { AnyController } from '@shiplog/controller-runtime';
import { clusterRoleAggregationController } from './controllers/cluster-role-aggregation/cluster-role-aggregation.controller.js';
import { deploymentController } from './controllers/deployment/deployment.controller.js';
import { disruptionController } from './controllers/disruption/disruption.controller.js';
import { endpointSliceMirroringController } from './controllers/endpoint-slice-mirroring/endpoint-slice-mirroring.controller.js';
import { endpointSliceController } from './controllers/endpoint-slice/endpoint-slice.controller.js';
import { endpointsController } from './controllers/endpoints/endpoints.controller.js';
import { namespaceController } from './controllers/namespace/namespace.controller.js';
import { nodeIpamController } from './controllers/node-ipam/node-ipam.controller.js';
import { nodeLifecycleController } from './controllers/node-lifecycle/node-lifecycle.controller.js';
import type { EvictionRates } from './controllers/node-lifecycle/zones.js';
import { podGcController } from './controllers/pod-gc/pod-gc.controller.js';
import { replicaSetController } from './controllers/replica-set/replica-set.controller.js';
import { rootCaController } from './controllers/root-ca/root-ca.controller.js';
import { serviceAccountController } from './controllers/service-account/service-account.controller.js';
import { staleDisruptionController } from './controllers/stale-disruption/stale-disruption.controller.js';
import { taintEvictionController } from './controllers/taint-eviction/taint-eviction.controller.js';
import type { ObjectGraph } from './object-graph/object-graph.js';

export interface ControllerInputs {
  readonly graph: ObjectGraph;
  /** PEM of the certificate authority of the API. */
  readonly rootCa: string;
  /** Where nodes get the ranges of their pods from; empty: they bring their own. */
  readonly clusterCidr: string;
  /** How fast lost nodes are cleared of their pods. */
  readonly evictionRates?: EvictionRates;
}

/** Every control loop that is about a kind. The garbage collector, which is about all of them, runs beside. */
export const controllersOf = ({
  graph,
  rootCa,
  clusterCidr,
  evictionRates,
}: ControllerInputs): readonly AnyController[] => [
  namespaceController(graph),
  serviceAccountController,
  rootCaController(rootCa),
  deploymentController,
  replicaSetController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  nodeLifecycleController(evictionRates),
  taintEvictionController,
  podGcController(),
  disruptionController,
  staleDisruptionController,
  ...(clusterCidr === '' ? [] : [nodeIpamController(clusterCidr)]),
  clusterRoleAggregationController,
];
