import type { IncomingHttpHeaders } from 'node:http';
import { StatusError, type UserInfo } from '@shiplog/domain';
import type { IncomingRequest } from '../request/incoming-request.js';
import type { Command } from './commands.endpoint.js';

/** A request that came as a command over NATS, which has said who sends it. */
export class CommandRequest implements IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly sourceIp = '';

  constructor(
    private readonly command: Command,
    readonly trustedUser: UserInfo,
  ) {
    const { method, path, contentType, cause, userAgent, headers } = command;
    const mark = path.indexOf('?');
    this.method = method;
    this.path = mark < 0 ? path : path.slice(0, mark);
    this.query = new URLSearchParams(mark < 0 ? '' : path.slice(mark + 1));
    this.headers = {
      ...(headers?.['traceparent'] ? { traceparent: headers['traceparent'] } : {}),
      'content-type': contentType ?? 'application/json',
      ...(cause ? { 'shiplog-cause': cause } : {}),
      ...(userAgent ? { 'user-agent': userAgent } : {}),
    };
  }

  body(limit: number): Promise<Buffer> {
    const { body } = this.command;
    const bytes =
      body === undefined ? Buffer.alloc(0) : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    if (bytes.length > limit)
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
    return Promise.resolve(bytes);
  }
}
