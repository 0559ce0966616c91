import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest, StatusError } from '@shiplog/domain';
import { statusAnswer } from '../request/status-answer.js';

const refusals: Readonly<Record<string, () => StatusError>> = {
  HPE_INVALID_METHOD: () =>
    new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {}),
  HPE_HEADER_OVERFLOW: () => new StatusError(431, 'BadRequest', 'the headers of the request are too long'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new StatusError(408, 'Timeout', 'the request took too long to arrive'),
};

/** Answers what is no HTTP request that we can read, and closes the connection: nobody knows where the next one would begin. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const refusal = refusals[error.code ?? ''] ?? (() => badRequest(`the request cannot be read: ${error.message}`));
  const { code, headers, body } = statusAnswer(refusal());
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    ...Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).map(
      ([name, value]) => `${name}: ${String(value)}`,
    ),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body.toString()}`);
}
