import type { PipelineStep } from '../../request-pipeline.js';

/** Measures every request and leaves a trace of it; what it changed is in the log itself, with the same audit id. */
export const audit: PipelineStep = async (request, { metrics, logger }, next) => {
  const started = performance.now();
  const answer = await next();
  const code = 'code' in answer ? answer.code : 200;
  if (code >= 500 || logger.isLevelEnabled('debug')) {
    const ms = performance.now() - started;
    const { auditId, info, user, auditAnnotations } = request;
    const entry = {
      auditId,
      verb: info.verb,
      path: info.path,
      user: user.name,
      code,
      ms: Math.round(ms * 10) / 10,
      ...auditAnnotations,
    };
    if (code >= 500) logger.warn(entry, 'request failed');
    else logger.debug(entry, 'request answered');
  }
  return metrics.answered(request, answer, started);
};
