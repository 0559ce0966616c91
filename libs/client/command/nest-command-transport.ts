import { StatusError, timeout, unavailable } from '@shiplog/domain';
import type { ApiAnswer } from '../rest/api-request.js';
import type { Command, CommandTransport } from './command-client.js';

interface Observer<T> {
  next(value: T): void;
  error(error: unknown): void;
  complete(): void;
}

/** What we use of Nest's ClientNats, so that this library does not depend on Nest. */
export interface RequestReplyClient {
  send<Result = unknown, Input = unknown>(
    pattern: string,
    data: Input,
  ): { subscribe(observer: Observer<Result>): { unsubscribe(): void } };
}

/**
 * Commands as Nest's NATS transport frames them, on the subject of one component: its NATS permission to publish there is what
 * proves who it is. Rejects with 503 when no gateway listens and 504 when none answered in time (it may have acted).
 */
export function nestCommandTransport(
  client: RequestReplyClient,
  component: string,
  timeoutMs = 10_000,
): CommandTransport {
  const pattern = `commands.${component}`;
  return {
    async send(command: Command, signal?: AbortSignal): Promise<ApiAnswer> {
      const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
      const giveUp = (): void => reject(signal?.reason);
      const timer = setTimeout(() => reject(timeout(`${pattern}: no answer in ${timeoutMs} ms`)), timeoutMs);
      signal?.addEventListener('abort', giveUp, { once: true });
      const subscription = client.send<ApiAnswer>(pattern, command).subscribe({
        next: (answer) => resolve(decodedAnswer(answer)),
        error: (error) => reject(asStatusError(error, pattern)),
        complete: () => reject(unavailable(`${pattern}: the gateway ended without an answer`)),
      });
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        subscription.unsubscribe();
      }
    },
  };
}

/** The body comes as an object, or as the JSON text that the HTTPS side would have sent. */
const decodedAnswer = ({ code, body }: ApiAnswer): ApiAnswer => ({
  code,
  body: typeof body === 'string' && /^[[{]/.test(body) ? JSON.parse(body) : body,
});

function asStatusError(error: unknown, pattern: string): StatusError {
  if (error instanceof StatusError) return error;
  const why = error instanceof Error ? error.message : JSON.stringify(error);
  return Object.assign(unavailable(`${pattern}: no gateway answered: ${why}`), { cause: error });
}
