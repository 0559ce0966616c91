import type { UserInfo } from '@shiplog/domain';
import type { IncomingRequest } from './incoming-request.js';
import type { RequestInfo } from './request-info.js';

/** What is known about a request while it passes the pipeline. Each step adds its part; later steps rely on it. */
export interface RequestContext {
  readonly incoming: IncomingRequest;
  readonly receivedAt: Date;
  /** assignAuditId. Also the correlation id of what a person's request leads to. */
  auditId: string;
  /** resolveRequestInfo */
  info: RequestInfo;
  /** authenticate; after impersonate: the user acted as. */
  user: UserInfo;
  /** impersonate: who really asked. */
  impersonator?: UserInfo;
  /** The event that made a component act: `<stream>/<revision>`. */
  cause?: string;
  /** The audit id of the outermost request that this one follows from; its own where nothing caused it. */
  correlationId: string;
  /** Texts for Warning headers. */
  readonly warnings: string[];
  /** Added to the audit record, e.g. which rule allowed it. */
  readonly auditAnnotations: Record<string, string>;
  /** Time spent waiting for a turn, before anything was done. */
  waitedMs: number;
  /** Set for a watch: called once its client has been told what is there, and it costs no more than others. */
  caughtUp?: () => void;
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal;
}
