import { StatusError } from '@shiplog/domain';
import type { Answer } from '../request/incoming-request.js';
import type { RequestContext } from '../request/request-context.js';
import { negotiate } from '../rest/negotiation.js';
import { valueAnswer } from '../rest/object-answer.js';

/** What an action answers, in the client's format. */
export const actionAnswer = ({ incoming }: RequestContext, value: unknown, code = 201): Answer =>
  valueAnswer(code, value, negotiate(incoming.headers.accept));

/** "Done", where there is nothing to show. */
export const successAnswer = (context: RequestContext): Answer =>
  actionAnswer(context, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });

/** 429 with what stands in the way. */
export const tooManyRequests = (
  message: string,
  cause: { reason: string; message: string },
  retryAfterSeconds: number,
): StatusError =>
  new StatusError(429, 'TooManyRequests', message, {
    causes: [cause],
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  });
