import type { AnyResource } from '@shiplog/domain';
import type { Gateway } from '../gateway.js';
import type { Answer } from '../request/incoming-request.js';
import type { RequestContext } from '../request/request-context.js';

/** A subresource with behaviour of its own (log, exec, token, binding, eviction, …). Run from the list `subresources.ts`. */
export interface SubresourceHandler {
  readonly resource: { readonly group: string; readonly plural: string };
  /** '' for a resource that is nothing but an action (reviews, bindings): then this answers for the resource itself. */
  readonly name: string;
  /** HTTP methods it answers; others get 405. */
  readonly methods: readonly string[];
  handle(context: RequestContext, resource: AnyResource, gateway: Gateway): Promise<Answer>;
}
