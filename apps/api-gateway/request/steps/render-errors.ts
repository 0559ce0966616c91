import { StatusError } from '@shiplog/domain';
import type { PipelineStep } from '../../request-pipeline.js';
import { statusAnswerFor } from '../status-answer.js';

/** The one place where errors become answers. A fault that nobody expected is logged with its stack. */
export const renderErrors: PipelineStep = async (request, { logger }, next) => {
  try {
    return await next();
  } catch (error) {
    const { accept } = request.incoming.headers;
    if (error instanceof StatusError) return statusAnswerFor(accept, error);
    // What breaks because a request was broken off is no fault.
    if (request.endedBy) return statusAnswerFor(accept, request.endedBy);
    logger.error(
      {
        auditId: request.auditId,
        path: request.info.path,
        error: error instanceof Error ? error.stack : String(error),
      },
      'request met a fault',
    );
    return statusAnswerFor(accept, error);
  }
};
