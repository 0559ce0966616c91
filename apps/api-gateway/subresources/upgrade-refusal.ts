import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { StatusError, type StatusReason } from '@shiplog/domain';

const reasonOf: Readonly<Record<number, StatusReason>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  500: 'InternalError',
};

/** A node's agent says in plain text why it does not upgrade; clients understand a Status better. */
export async function refusedUpgrade(response: IncomingMessage): Promise<never> {
  const code = response.statusCode ?? 500;
  const why = (await text(response)).trim().slice(0, 10_000);
  throw new StatusError(code, reasonOf[code] ?? 'Unknown', `unable to upgrade connection: ${why}`);
}
