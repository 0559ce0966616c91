import { invalidObject } from '@shiplog/domain';
import { actionAnswer } from '../subresources/action-answer.js';
import { decodeAction } from '../subresources/action-body.js';
import type { SubresourceHandler } from '../subresources/subresource.js';
import {
  accessReviewErrors,
  askedAttributes,
  ignoredSelectors,
  reviewedUser,
  type AccessReview,
} from './access-attributes.js';

const group = 'authorization.k8s.io';

/** `self`: about who asks. `local`: about one namespace, so that its administrators may ask. */
const accessReview = (plural: string, { self, local }: { self: boolean; local: boolean }): SubresourceHandler => ({
  resource: { group, plural },
  name: '',
  methods: ['POST'],
  handle: async (context, resource, gateway) => {
    const decoded = await decodeAction<AccessReview>(context, gateway, resource);
    const review: AccessReview = { ...decoded, spec: decoded.spec ?? {} };
    const errors = accessReviewErrors(review, { self, local });
    if (errors.length > 0) throw invalidObject({ group, kind: '' }, '', errors);
    const asked = askedAttributes(self ? context.user : reviewedUser(review), review);
    const { decision, reason } = await gateway.authorize(asked);
    const problem = ignoredSelectors(review);
    const status = {
      allowed: decision === 'allow',
      ...(decision === 'deny' ? { denied: true } : {}),
      ...(reason === '' ? {} : { reason }),
      ...(problem === undefined ? {} : { evaluationError: problem }),
    };
    return actionAnswer(context, { ...review, status });
  },
});

export const subjectAccessReview = accessReview('subjectaccessreviews', { self: false, local: false });
export const selfSubjectAccessReview = accessReview('selfsubjectaccessreviews', { self: true, local: false });
export const localSubjectAccessReview = accessReview('localsubjectaccessreviews', { self: false, local: true });
