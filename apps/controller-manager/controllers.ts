import type { AnyController } from '@shiplog/controller-runtime';
import { deploymentController } from './controllers/deployment/deployment.controller.js';
import { endpointSliceController } from './controllers/endpoint-slice/endpoint-slice.controller.js';
import { endpointsController } from './controllers/endpoints/endpoints.controller.js';
import { namespaceController } from './controllers/namespace/namespace.controller.js';
import { replicaSetController } from './controllers/replica-set/replica-set.controller.js';
import { rootCaController } from './controllers/root-ca/root-ca.controller.js';
import { serviceAccountController } from './controllers/service-account/service-account.controller.js';
import type { ObjectGraph } from './object-graph/object-graph.js';

export interface ControllerInputs {
  readonly graph: ObjectGraph;
  /** PEM of the certificate authority of the API. */
  readonly rootCa: string;
}

/** Every control loop that is about a kind. The garbage collector, which is about all of them, runs beside. */
export const controllersOf = ({ graph, rootCa }: ControllerInputs): readonly AnyController[] => [
  namespaceController(graph),
  serviceAccountController,
  rootCaController(rootCa),
  deploymentController,
  replicaSetController,
  endpointsController,
  endpointSliceController,
];
