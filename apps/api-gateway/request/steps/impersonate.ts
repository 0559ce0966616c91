import { impersonatedUser } from '../../authentication/impersonation.js';
import type { PipelineStep } from '../../request-pipeline.js';

/** Lets a user act as another where that is allowed. Who really asked stays known, and is what the log names too. */
export const impersonate: PipelineStep = async (request, { authorize }, next) => {
  const other = await impersonatedUser(request.incoming, request.user, authorize);
  if (other) {
    request.impersonator = request.user;
    request.user = other;
  }
  return next();
};
