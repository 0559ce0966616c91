import type { Gateway } from './gateway.js';
import type { Answer } from './request/incoming-request.js';
import type { RequestScope } from './request/request-scope.js';
import { assignAuditId } from './request/steps/assign-audit-id.js';
import { audit } from './request/steps/audit.js';
import { authenticate } from './request/steps/authenticate.js';
import { authorize } from './request/steps/authorize.js';
import { impersonate } from './request/steps/impersonate.js';
import { renderErrors } from './request/steps/render-errors.js';
import { resolveInfo } from './request/steps/resolve-info.js';
import { answerAsOf } from './history/as-of.step.js';
import { shedLoad } from './flow-control/shed-load.step.js';
import { dispatch } from './rest/dispatch.js';

/** Part of a request's way. It hands on by `next`, answers by itself, or throws a StatusError. */
export type PipelineStep = (request: RequestScope, gateway: Gateway, next: () => Promise<Answer>) => Promise<Answer>;

/** Every request passes these steps in this order; an answer passes them in reverse. */
export const requestPipeline: readonly PipelineStep[] = [
  assignAuditId,
  resolveInfo,
  audit,
  renderErrors,
  authenticate,
  impersonate,
  shedLoad,
  authorize,
  answerAsOf,
  dispatch,
];

/** Answers a request, whatever happens on the way. */
export function handleRequest(request: RequestScope, gateway: Gateway): Promise<Answer> {
  const run = (index: number): Promise<Answer> => {
    const step = requestPipeline[index];
    if (!step) throw new Error('the request pipeline has no end');
    return step(request, gateway, () => run(index + 1));
  };
  return run(0);
}
