import type { AnyController } from '@shiplog/controller-runtime';
import { deploymentController } from './controllers/deployment/deployment.controller.js';
import { replicaSetController } from './controllers/replica-set/replica-set.controller.js';

/** Every control loop that runs. */
export const controllers: readonly AnyController[] = [deploymentController, replicaSetController];
