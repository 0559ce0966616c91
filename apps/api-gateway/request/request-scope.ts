import type { UserInfo } from '@shiplog/domain';
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
  private aborted: Error | undefined;

  constructor(readonly incoming: IncomingRequest) {}

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.aborted) this.controller.abort(this.aborted);
    return this.controller.signal;
  }

  get gone(): boolean {
    return this.aborted !== undefined;
  }

  abort(reason: Error): void {
    this.aborted = reason;
    this.controller?.abort(reason);
  }
}
