import { deepEqual, hasReason, type AnyResource, type FlowSchema, type KubeObject } from '@shiplog/domain';
import { ownWrite } from '../bootstrap/ensure-bootstrap-objects.js';
import type { Gateway } from '../gateway.js';
import { bootstrapFlowControl, flowControlGroup } from './bootstrap-rules.js';

const autoUpdate = 'apf.kubernetes.io/autoupdate-spec';
const mandatory = new Set(['exempt', 'catch-all']);

const resourceOf = ({ resources }: Gateway, plural: string): AnyResource => {
  const found = resources.find({ group: flowControlGroup, version: 'v1', plural });
  if (!found) throw new Error(`${plural} are not served`);
  return found;
};

const present = ({ cache }: Gateway, { group, plural }: AnyResource): readonly KubeObject[] =>
  (cache.kind(group, plural)?.page({}).objects ?? []).map(({ object }) => object);

/** `true`, unless an administrator has taken the object over. One that nobody has touched counts as ours. */
const isOurs = ({ metadata }: KubeObject): boolean => {
  const said = metadata.annotations?.[autoUpdate];
  return said === undefined ? metadata.generation === 1 : said === 'true';
};

/**
 * Creates what is missing of the bootstrap rules, mends what was changed and not taken over, and says on each flow schema whether its level
 * exists. Idempotent; several gateways may do it at once.
 */
export async function keepBootstrapRules(gateway: Gateway, signal: AbortSignal): Promise<void> {
  const schemas = resourceOf(gateway, 'flowschemas');
  const levels = resourceOf(gateway, 'prioritylevelconfigurations');
  for (const wanted of bootstrapFlowControl) {
    const resource = wanted.kind === 'FlowSchema' ? schemas : levels;
    await settled(() => keep(gateway, resource, wanted, signal));
  }
  const names = new Set(present(gateway, levels).map(({ metadata }) => metadata.name ?? ''));
  for (const schema of present(gateway, schemas) as FlowSchema[])
    await settled(() => sayWhetherDangling(gateway, schemas, schema, names, signal));
}

/** Another gateway was faster: fine. */
async function settled(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(['AlreadyExists', 'Conflict', 'NotFound'] as const).some((reason) => hasReason(error, reason))) throw error;
  }
}

async function keep(gateway: Gateway, resource: AnyResource, wanted: KubeObject, signal: AbortSignal): Promise<void> {
  const name = wanted.metadata.name ?? '';
  const object = gateway.codec.convert(resource, structuredClone(wanted), 'Ignore').object;
  const current = present(gateway, resource).find(({ metadata }) => metadata.name === name);
  if (!current) {
    await gateway.registry.create(resource, '', object, ownWrite('create', signal));
    return;
  }
  const bySpec = (one: KubeObject): unknown =>
    name === 'exempt' ? { ...(one['spec'] as object), exempt: undefined } : one['spec'];
  const asWanted = deepEqual(bySpec(current), bySpec(object));
  if (asWanted || !(mandatory.has(name) || isOurs(current))) return;
  await gateway.registry.update(
    resource,
    '',
    name,
    (latest) => ({ ...(latest ?? current), spec: object['spec'] }) as KubeObject,
    ownWrite('update', signal),
  );
}

async function sayWhetherDangling(
  { registry }: Gateway,
  resource: AnyResource,
  { metadata, spec, status }: FlowSchema,
  levels: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const level = spec.priorityLevelConfiguration.name;
  const found = levels.has(level);
  const value = found ? 'False' : 'True';
  if (status?.conditions?.find(({ type }) => type === 'Dangling')?.status === value) return;
  const condition = {
    type: 'Dangling',
    status: value,
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    reason: found ? 'Found' : 'NotFound',
    message: `priority level ${JSON.stringify(level)} ${found ? 'exists' : 'does not exist'}`,
  };
  await registry.update(
    resource,
    '',
    metadata.name ?? '',
    (latest) => ({ ...latest, status: { conditions: [condition] } }) as KubeObject,
    {
      ...ownWrite('update', signal),
      subresource: 'status',
      fieldManager: 'api-priority-and-fairness-config-consumer-v1',
    },
  );
}
