import { encodeProtobuf, internalError, StatusError, type Status } from '@shiplog/domain';
import { protobufType, takesOnlyProtobuf } from '../rest/negotiation.js';
import type { Answer } from './incoming-request.js';

export const jsonHeaders = { 'content-type': 'application/json' } as const;

export const jsonAnswer = (code: number, value: unknown): Answer => ({
  code,
  headers: jsonHeaders,
  body: `${JSON.stringify(value)}\n`,
});

export const textAnswer = (code: number, text: string, type = 'text/plain; charset=utf-8'): Answer => ({
  code,
  headers: { 'content-type': type, 'x-content-type-options': 'nosniff' },
  body: text,
});

const asStatusError = (error: unknown): StatusError =>
  error instanceof StatusError ? error : internalError(error instanceof Error ? error.message : String(error));

/** Whatever was thrown, as the API answers it: metav1.Status, with Retry-After where trying again may help. */
export function statusAnswer(error: unknown): Extract<Answer, { code: number }> & { body: string } {
  const failure = asStatusError(error);
  const retryAfter = failure.details?.retryAfterSeconds;
  const status: Status = failure.toStatus();
  return {
    code: failure.code,
    headers: { ...jsonHeaders, ...(retryAfter ? { 'retry-after': String(retryAfter) } : {}) },
    body: `${JSON.stringify(status)}\n`,
  };
}

/** The same in the client's format, where that can only be protobuf. */
export function statusAnswerFor(accept: string | undefined, error: unknown): Answer {
  const answer = statusAnswer(error);
  const bytes = takesOnlyProtobuf(accept) ? encodeProtobuf(asStatusError(error).toStatus()) : undefined;
  return bytes ? { ...answer, headers: { ...answer.headers, 'content-type': protobufType }, body: bytes } : answer;
}
