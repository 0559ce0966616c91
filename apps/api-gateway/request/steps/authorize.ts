import { attributesOf, forbiddenRequest } from '../../authorization/attributes.js';
import { findEndpoint } from '../../gateway.js';
import type { PipelineStep } from '../../request-pipeline.js';

export const authorize: PipelineStep = async (request, gateway, next) => {
  const { user, info, incoming, auditAnnotations } = request;
  if (!info.isResource && findEndpoint(gateway, info.path)?.anonymous) return next();
  const attributes = attributesOf(user, info, incoming.query);
  const { decision, reason } = await gateway.authorize(attributes);
  auditAnnotations['authorization.k8s.io/decision'] = decision === 'allow' ? 'allow' : 'forbid';
  auditAnnotations['authorization.k8s.io/reason'] = reason;
  if (decision !== 'allow') throw forbiddenRequest(attributes, reason);
  return next();
};
