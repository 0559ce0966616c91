import {
  copyJson,
  badRequest,
  conflict,
  notFound,
  metaTime,
  quoted,
  StatusError,
  type AnyResource,
  type Binding,
  type KubeObject,
  type Pod,
} from '@shiplog/domain';
import type { Gateway } from '../../gateway.js';
import type { Answer } from '../../request/incoming-request.js';
import type { RequestContext } from '../../request/request-context.js';
import { writeRequest } from '../../rest/write-options.js';
import { successAnswer } from '../action-answer.js';
import { actionKind, decodeAction } from '../action-body.js';
import type { SubresourceHandler } from '../subresource.js';
import { bound } from './bound-pod.js';

const bindingKind = actionKind('', 'Binding');
const pods = { group: '', version: 'v1', plural: 'pods' };

/** POST pods/<name>/binding: the scheduler's decision. A pod is bound once. */
export const podBinding: SubresourceHandler = {
  resource: pods,
  name: 'binding',
  methods: ['POST'],
  handle: async (context, resource, gateway) => {
    const binding = await decodeAction<Binding>(context, gateway, bindingKind);
    return bind(context, resource, gateway, binding, context.info.name);
  },
};

/** POST bindings: the same as it was done before pods had subresources. */
export const legacyBinding: SubresourceHandler = {
  resource: { group: '', plural: 'bindings' },
  name: '',
  methods: ['POST'],
  handle: async (context, _resource, gateway) => {
    const resource = gateway.resources.find(pods);
    if (!resource) throw notFound(pods, '');
    const binding = await decodeAction<Binding>(context, gateway, bindingKind);
    return bind(context, resource, gateway, binding, binding.metadata.name ?? '');
  },
};

async function bind(
  context: RequestContext,
  pod: AnyResource,
  { registry }: Gateway,
  binding: Binding,
  name: string,
): Promise<Answer> {
  if (binding.metadata.name !== name) throw badRequest('name in URL does not match name in Binding object');
  confirmTarget(binding);
  const request = { ...writeRequest(context, 'CreateOptions'), subresource: 'binding', unowned: true };
  const now = metaTime(context.receivedAt);
  const transform = (current: KubeObject): KubeObject => {
    confirmPreconditions(binding, current, name);
    const problem = unbindable(current as Pod);
    if (problem !== undefined) throw conflict({ group: '', plural: 'pods/binding' }, name, problem);
    return bound(copyJson(current) as Pod, binding, now);
  };
  await registry.update(ruledHere(pod), context.info.namespace, name, transform, request);
  return successAnswer(context);
}

/** The rules for updates do not apply: this is the one place that may set a pod's node, and it is no new generation. */
const ruledHere = (pod: AnyResource): AnyResource => ({
  ...pod,
  validate: undefined,
  validateUpdate: undefined,
  strategy: { ...pod.strategy, changesGeneration: () => false },
});

/** Clients know these refusals as a 500 with the bare texts. */
function confirmTarget({ target = {} }: Partial<Binding>): void {
  const texts = [
    ...(target.kind && target.kind !== 'Node'
      ? [`target.kind: Unsupported value: ${quoted(target.kind)}: supported values: "Node", "<empty>"`]
      : []),
    ...(target.name ? [] : ['target.name: Required value']),
  ];
  if (texts.length > 0)
    throw new StatusError(500, 'Unknown', texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
}

const preconditions = [
  ['uid', 'UID'],
  ['resourceVersion', 'ResourceVersion'],
] as const;

/** @throws Conflict if the binding was made for another pod of this name, or another state of it. */
function confirmPreconditions({ metadata }: Binding, current: KubeObject, name: string): void {
  for (const [field, word] of preconditions) {
    const [wanted, found] = [metadata[field], current.metadata[field]];
    if (wanted && wanted !== found)
      throw conflict(
        pods,
        name,
        `Precondition failed: ${word} in precondition: ${wanted}, ${word} in object meta: ${found}`,
      );
  }
}

function unbindable({ metadata, spec }: Pod): string | undefined {
  if (metadata.deletionTimestamp) return `pod ${metadata.name} is being deleted, cannot be assigned to a host`;
  if (spec.nodeName) return `pod ${metadata.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`;
  return spec.schedulingGates?.length ? `pod ${metadata.name} has non-empty .spec.schedulingGates` : undefined;
}
