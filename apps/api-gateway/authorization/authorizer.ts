import type { UserInfo } from '@shiplog/domain';

/** What a user wants to do. On a non-resource path only `user`, `verb` and `path` matter. */
export interface AuthorizationAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  /** The equalities of the request's field selector; some authorizers permit a list only with one. */
  readonly fieldSelector?: readonly FieldRequirement[];
}

export interface FieldRequirement {
  readonly field: string;
  readonly value: string;
}

export interface AuthorizationDecision {
  readonly decision: 'allow' | 'deny' | 'no-opinion';
  readonly reason: string;
}

/** One source of permission. The first that allows or denies decides; if none does, the request is forbidden. */
export interface Authorizer {
  readonly name: string;
  authorize(attributes: AuthorizationAttributes): AuthorizationDecision | Promise<AuthorizationDecision>;
}
