import { apiVersionOf, badRequest, metaTime, type KubeObject, type UserInfo } from '@shiplog/domain';
import { authenticateToken, type TokenAuthenticator } from '../authentication/token-authenticator.js';
import { actionAnswer } from '../subresources/action-answer.js';
import { decodeAction } from '../subresources/action-body.js';
import type { SubresourceHandler } from '../subresources/subresource.js';

interface TokenReview extends KubeObject {
  spec?: { token?: string; audiences?: string[] };
}

const group = 'authentication.k8s.io';

/** UserInfo as objects carry it. */
const shown = ({ name, uid, groups, extra }: UserInfo): object => ({
  username: name,
  ...(uid ? { uid } : {}),
  ...(groups.length > 0 ? { groups } : {}),
  ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
});

/** tokenreviews: whom a token stands for, and for which of the asked audiences it is good. */
export const tokenReview = (
  sorts: readonly TokenAuthenticator[],
  audiences: readonly string[],
): SubresourceHandler => ({
  resource: { group, plural: 'tokenreviews' },
  name: '',
  methods: ['POST'],
  handle: async (context, resource, gateway) => {
    const review = await decodeAction<TokenReview>(context, gateway, resource);
    const { token, audiences: asked } = review.spec ?? {};
    if (!token) throw badRequest('token is required for TokenReview in authentication');
    const answer = await authenticateToken(sorts, token, asked?.length ? asked : audiences, context.signal);
    const status =
      'refused' in answer
        ? {
            user: {},
            error: answer.refused === '' ? 'invalid bearer token' : `[invalid bearer token, ${answer.refused}]`,
          }
        : { authenticated: true, user: shown(answer.user), audiences: answer.audiences };
    return actionAnswer(context, { ...review, status });
  },
});

/** selfsubjectreviews: who asks (`kubectl auth whoami`). */
export const selfSubjectReview: SubresourceHandler = {
  resource: { group, plural: 'selfsubjectreviews' },
  name: '',
  methods: ['POST'],
  handle: async (context, resource, gateway) => {
    await decodeAction<KubeObject>(context, gateway, resource);
    return actionAnswer(context, {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: { creationTimestamp: metaTime(context.receivedAt) },
      status: { userInfo: shown(context.user) },
    });
  },
};
