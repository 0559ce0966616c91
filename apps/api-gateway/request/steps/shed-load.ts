import type { PipelineStep } from '../../request-pipeline.js';
import type { RequestScope } from '../request-scope.js';

const readOnlyVerbs = new Set(['get', 'list', 'head', 'options']);
const longRunning = new Set(['exec', 'attach', 'log', 'portforward', 'proxy']);

/** What keeps the cluster alive passes first: health, leases, nodes and the control plane. */
const isPriority = ({ info, user }: RequestScope): boolean =>
  !info.isResource ||
  info.resource === 'leases' ||
  user.groups.includes('system:masters') ||
  user.groups.includes('system:nodes') ||
  user.name.startsWith('system:kube-');

/** Refuses what there is no room for before it costs anything. Watches and streams are not counted. */
export const shedLoad: PipelineStep = (request, { concurrency }, next) => {
  const { verb, subresource } = request.info;
  if (verb === 'watch' || longRunning.has(subresource)) return next();
  return concurrency.run(readOnlyVerbs.has(verb) ? 'readOnly' : 'mutating', isPriority(request), next);
};
