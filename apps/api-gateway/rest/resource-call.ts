import type { AnyResource } from '@shiplog/domain';
import type { Gateway } from '../gateway.js';
import type { Answer } from '../request/incoming-request.js';
import type { RequestContext } from '../request/request-context.js';

/** One request for a resource, on its way to the verb. */
export interface ResourceCall {
  readonly context: RequestContext;
  readonly gateway: Gateway;
  readonly resource: AnyResource;
}

export type Verb = (call: ResourceCall) => Promise<Answer>;
