import type { FlowSchema, KubeObject, PriorityLevelConfiguration } from '@shiplog/domain';
import type { ObjectFeed } from '../authorization/object-feed.js';
import bootstrap from '../bootstrap/flow-control.json' with { type: 'json' };
import type { FlowRules } from './flow-control.js';

export const flowControlGroup = 'flowcontrol.apiserver.k8s.io';

/** What every cluster begins with. Source: upstream's mandatory and suggested configuration. */
export const bootstrapFlowControl = bootstrap as unknown as readonly KubeObject[];

const isSchema = (object: KubeObject): object is FlowSchema => object.kind === 'FlowSchema';
const isLevel = (object: KubeObject): object is PriorityLevelConfiguration =>
  object.kind === 'PriorityLevelConfiguration';
const mandatory = new Set(['exempt', 'catch-all']);

const rulesOf = (objects: Iterable<KubeObject>): FlowRules => {
  const all = [...objects];
  return { schemas: all.filter(isSchema), levels: all.filter(isLevel) };
};

/** The rules of a cluster that has none of its own yet. */
export const bootstrapRules: FlowRules = rulesOf(bootstrapFlowControl);

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name ?? ''}`;

/**
 * Tells the rules of the cluster, now and whenever they change; many changes at once are told once. What requests cannot be classified
 * without is always among them, should somebody have deleted it.
 */
export function followRules(feed: ObjectFeed, tell: (rules: FlowRules) => void): void {
  const objects = new Map<string, KubeObject>();
  let pending = false;
  const changed = (): void => {
    if (pending) return;
    pending = true;
    setImmediate(() => {
      pending = false;
      const always = bootstrapFlowControl.filter(({ metadata }) => mandatory.has(metadata.name ?? ''));
      tell(rulesOf(new Map([...always.map((one) => [keyOf(one), one] as const), ...objects]).values()));
    });
  };
  for (const plural of ['flowschemas', 'prioritylevelconfigurations'])
    feed.follow({ group: flowControlGroup, plural }, ({ type, object }) => {
      if (type === 'deleted') objects.delete(keyOf(object));
      else objects.set(keyOf(object), object);
      changed();
    });
}
