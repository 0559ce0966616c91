import type { AnyController } from '@shiplog/controller-runtime';
import { deploymentController } from './controllers/deployment/deployment.controller.js';
import { endpointSliceController } from './controllers/endpoint-slice/endpoint-slice.controller.js';
import { endpointsController } from './controllers/endpoints/endpoints.controller.js';
import { replicaSetController } from './controllers/replica-set/replica-set.controller.js';

/** Every control loop that runs. */
export const controllers: readonly AnyController[] = [
  deploymentController,
  replicaSetController,
  endpointsController,
  endpointSliceController,
];
