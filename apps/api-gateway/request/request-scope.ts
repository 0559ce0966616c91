import type { StatusError, UserInfo } from '@shiplog/domain';
import type { IncomingRequest } from './incoming-request.js';
import type { RequestContext } from './request-context.js';
import type { RequestInfo } from './request-info.js';

const nobody: UserInfo = { name: '', groups: [] };
const unresolved: RequestInfo = {
  isResource: false,
  verb: '',
  path: '',
  group: '',
  version: '',
  namespace: '',
  resource: '',
  subresource: '',
  name: '',
  rest: '',
};

/** The context of one request. Its abort signal exists only once somebody asks for it. */
export class RequestScope implements RequestContext {
  readonly receivedAt = new Date();
  auditId = '';
  correlationId = '';
  info = unresolved;
  user = nobody;
  impersonator?: UserInfo;
  cause?: string;
  waitedMs = 0;
  caughtUp?: () => void;
  readonly warnings: string[] = [];
  readonly auditAnnotations: Record<string, string> = {};
  private controller: AbortController | undefined;
  private end: StatusError | undefined;

  constructor(readonly incoming: IncomingRequest) {}

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.end) this.controller.abort(this.end);
    return this.controller.signal;
  }

  /** Why nobody waits for the answer any more: what the request is accounted for as. */
  get endedBy(): StatusError | undefined {
    return this.end;
  }

  abort(reason: StatusError): void {
    this.end = reason;
    this.controller?.abort(reason);
  }
}
