import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '@shiplog/domain';
import type { ApiAnswer, ApiTransport } from './api-request.js';

/** As client-go. */
const mostAttempts = 10;

/** The seconds after which an overloaded server asks its client to come again. Refusals with causes (a disruption budget) are no such thing. */
function comeAgainAfter({ code, body }: ApiAnswer): number | undefined {
  const { reason, details } = (typeof body === 'object' && body !== null ? body : {}) as Partial<Status>;
  if (code !== 429 || reason !== 'TooManyRequests' || details?.causes) return undefined;
  return details?.retryAfterSeconds;
}

/** Comes again when it is told to, a few times; then the refusal is the answer. */
export const comingAgain = (transport: ApiTransport, wait = sleep): ApiTransport => ({
  async send(request, signal) {
    for (let attempt = 1; ; attempt++) {
      const answer = await transport.send(request, signal);
      const seconds = comeAgainAfter(answer);
      if (seconds === undefined || attempt === mostAttempts) return answer;
      await wait(seconds * 1_000, undefined, signal ? { signal } : {});
    }
  },
});
