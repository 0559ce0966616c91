import { randomUUID } from 'node:crypto';
import {
  deepEqual,
  hasReason,
  parseApiVersion,
  type AnyResource,
  type KubeObject,
  type ObjectAddress,
  type WriteRequest,
} from '@shiplog/domain';
import { reconcileBootstrapPolicy, type PolicyStore } from '../bootstrap-policy/reconcile-policy.js';
import type { Gateway } from '../gateway.js';
import { bootstrapObjects, type BootstrapSettings } from './bootstrap-objects.js';

const gatewayUser = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

/** A write of the gateway's own. */
export const ownWrite = (verb: string, signal: AbortSignal): WriteRequest => ({
  user: gatewayUser,
  verb,
  subresource: '',
  correlationId: randomUUID(),
  fieldManager: 'kube-apiserver',
  userAgent: 'api-gateway',
  dryRun: false,
  options: {},
  warn: () => undefined,
  signal,
});

const kindOf = ({ resources }: Gateway, { apiVersion, kind }: KubeObject): AnyResource => {
  const { group, version } = parseApiVersion(apiVersion);
  const found = resources.all.find((one) => one.group === group && one.version === version && one.kind === kind);
  if (!found) throw new Error(`${apiVersion} ${kind} is needed at start and is not served`);
  return found;
};

const addressOf = ({ group, plural }: AnyResource, { metadata }: KubeObject): ObjectAddress => ({
  group,
  plural,
  namespace: metadata.namespace ?? '',
  name: metadata.name ?? '',
});

/** Creates what every cluster has and is missing, then mends the default RBAC policy. Idempotent; several gateways may do it at once. */
export async function ensureBootstrapObjects(
  gateway: Gateway,
  settings: BootstrapSettings,
  signal: AbortSignal,
): Promise<void> {
  for (const object of bootstrapObjects(settings)) await ensure(gateway, object, signal);
  await reconcileBootstrapPolicy(policyStore(gateway, signal));
}

async function ensure(gateway: Gateway, wanted: KubeObject, signal: AbortSignal): Promise<void> {
  const resource = kindOf(gateway, wanted);
  const { namespace = '', name = '' } = wanted.metadata;
  const present = gateway.cache.get(addressOf(resource, wanted));
  const moved = present && ['Endpoints', 'EndpointSlice'].includes(wanted.kind) && !sameAddresses(present, wanted);
  if (present && !moved) return;
  try {
    if (moved)
      await gateway.registry.update(
        resource,
        namespace,
        name,
        () => complete(gateway, resource, wanted),
        ownWrite('update', signal),
      );
    else
      await gateway.registry.create(
        resource,
        namespace,
        complete(gateway, resource, wanted),
        ownWrite('create', signal),
      );
  } catch (error) {
    if (!hasReason(error, 'AlreadyExists')) throw error;
  }
}

const sameAddresses = (one: KubeObject, other: KubeObject): boolean =>
  ['subsets', 'endpoints', 'ports'].every((field) => deepEqual(one[field], other[field]));

/** Defaulted, as if a client had sent it. */
const complete = ({ codec }: Gateway, resource: AnyResource, object: KubeObject): KubeObject =>
  codec.convert(resource, structuredClone(object), 'Ignore').object;

function policyStore(gateway: Gateway, signal: AbortSignal): PolicyStore {
  const { registry, cache } = gateway;
  const rbac = (plural: string): AnyResource => {
    const resource = gateway.resources.find({ group: 'rbac.authorization.k8s.io', version: 'v1', plural });
    if (!resource) throw new Error(`${plural} are not served`);
    return resource;
  };
  const namespaceOf = ({ metadata }: KubeObject): string => metadata.namespace ?? '';
  return {
    get: (plural, namespace, name) =>
      Promise.resolve(cache.get({ group: rbac(plural).group, plural, namespace, name })),
    create: (plural, object) =>
      registry.create(
        rbac(plural),
        namespaceOf(object),
        complete(gateway, rbac(plural), object),
        ownWrite('create', signal),
      ),
    update: (plural, object) =>
      registry.update(
        rbac(plural),
        namespaceOf(object),
        object.metadata.name ?? '',
        () => complete(gateway, rbac(plural), object),
        ownWrite('update', signal),
      ),
    delete: (plural, namespace, name) => registry.delete(rbac(plural), namespace, name, {}, ownWrite('delete', signal)),
  };
}
