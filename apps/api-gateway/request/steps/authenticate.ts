import type { PipelineStep } from '../../request-pipeline.js';

export const authenticate: PipelineStep = async (request, { authenticationMemory }, next) => {
  request.user = await authenticationMemory.identify(request.incoming, () => request.signal);
  return next();
};
