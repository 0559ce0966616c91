import { StatusError } from '@shiplog/domain';
import type { Answer } from '../request/incoming-request.js';
import type { RequestContext } from '../request/request-context.js';
import { negotiate } from '../rest/negotiation.js';
import { valueAnswer } from '../rest/object-answer.js';

/** What an action answers, in the client's format. There are no tables of it. @throws NotAcceptable (406) */
export function actionAnswer({ incoming }: RequestContext, value: object, code = 201): Answer {
  const format = negotiate(incoming.headers.accept);
  if (format.as !== undefined)
    throw new StatusError(
      406,
      'NotAcceptable',
      `only the following media types are accepted: ${acceptable.join(', ')}`,
    );
  return valueAnswer(code, value, format);
}

const acceptable = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

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
