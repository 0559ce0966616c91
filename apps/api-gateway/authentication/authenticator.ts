import type { UserInfo } from '@shiplog/domain';
import type { IncomingRequest } from '../request/incoming-request.js';

/** One way to tell who asks. The pipeline tries them in the order of `authenticators.ts` and remembers the answer per connection and token for a short time. */
export interface Authenticator {
  readonly name: string;
  /** Undefined: these credentials are not of my kind. @throws unauthorized if they are and do not hold. */
  authenticate(request: IncomingRequest, signal: AbortSignal): Promise<UserInfo | undefined>;
}
