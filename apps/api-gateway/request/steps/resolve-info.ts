import type { PipelineStep } from '../../request-pipeline.js';
import { resolveRequestInfo } from '../request-info.js';

export const resolveInfo: PipelineStep = (request, _gateway, next) => {
  const { method, path, query } = request.incoming;
  request.info = resolveRequestInfo(method, path, query);
  return next();
};
