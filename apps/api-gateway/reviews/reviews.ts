import type { TokenAuthenticator } from '../authentication/token-authenticator.js';
import type { PolicyIndex } from '../authorization/rbac/policy-index.js';
import type { SubresourceHandler } from '../subresources/subresource.js';
import { localSubjectAccessReview, selfSubjectAccessReview, subjectAccessReview } from './access.review.js';
import { selfSubjectRulesReview } from './rules.review.js';
import { selfSubjectReview, tokenReview } from './user.reviews.js';

export interface ReviewParts {
  readonly policies: PolicyIndex;
  readonly tokens: readonly TokenAuthenticator[];
  readonly audiences: readonly string[];
}

/** Questions in the form of objects: created, answered, never stored. */
export const reviews = ({ policies, tokens, audiences }: ReviewParts): readonly SubresourceHandler[] => [
  tokenReview(tokens, audiences),
  selfSubjectReview,
  subjectAccessReview,
  selfSubjectAccessReview,
  localSubjectAccessReview,
  selfSubjectRulesReview(policies),
];
