import { groupResource, type Namespace, type NamespaceCondition, type NamespaceStatus } from '@shiplog/domain';
import { namespaces } from '@shiplog/client';
import { lookAgainAfter, nothing, plan, remove, setStatus, type Action, type Plan } from '@shiplog/controller-runtime';
import { timestamp, withCondition } from '../../objects/conditions.js';
import { asObject, type GraphObject } from '../../object-graph/object-graph.js';

export interface NamespaceWorld {
  readonly namespace: Namespace;
  /** Everything in it. */
  readonly contents: readonly GraphObject[];
}

const finalizer = 'kubernetes';
/** Deletes at one look; what is left comes with the next. */
const batch = 500;

/** How a namespace that is deleted empties: its pods first, then the rest; when nothing is left it may go. Pure. */
export function planNamespace({ namespace, contents }: NamespaceWorld, now: Date): Plan {
  const { finalizers = [] } = namespace.spec ?? {};
  if (!namespace.metadata.deletionTimestamp || !finalizers.includes(finalizer)) return nothing;
  if (contents.length === 0)
    return finalizers.length > 1 && !saysThatItIsEmpty(namespace)
      ? plan(setStatus(terminatingStatus(namespace, contents, now)))
      : release(namespace, finalizers);
  const pods = contents.filter(({ type }) => type.plural === 'pods' && type.group === '');
  const due = (pods.length > 0 ? pods : contents).filter(({ isDeleting }) => !isDeleting);
  return plan(
    ...due.slice(0, batch).map((object) => remove(object.type, asObject(object), { propagationPolicy: 'Background' })),
    setStatus(terminatingStatus(namespace, contents, now)),
    ...(due.length > batch ? [lookAgainAfter(1)] : []),
  );
}

/** It may stay for the sake of others' finalizers, and should not go on to say that something is left. */
const saysThatItIsEmpty = ({ status }: Namespace): boolean =>
  status?.conditions?.find(({ type }) => type === 'NamespaceContentRemaining')?.status === 'False';

/** The namespace's own finalizer is removed through its subresource. */
function release(namespace: Namespace, finalizers: readonly string[]): Plan {
  const left = finalizers.filter((name) => name !== finalizer);
  const finalized = { ...namespace, spec: { ...namespace.spec, finalizers: left } };
  const action: Action = { do: 'update', type: namespaces, object: finalized, subresource: 'finalize' };
  return plan(action);
}

type Verdict = readonly [
  type: string,
  fails: boolean,
  reason: string,
  message: string,
  reasonIfNot: string,
  messageIfNot: string,
];

function terminatingStatus(namespace: Namespace, contents: readonly GraphObject[], now: Date): NamespaceStatus {
  const verdicts: Verdict[] = [
    [
      'NamespaceDeletionDiscoveryFailure',
      false,
      '',
      '',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      '',
      '',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      false,
      '',
      '',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      'NamespaceContentRemaining',
      contents.length > 0,
      'SomeResourcesRemain',
      `Some resources are remaining: ${counted(
        contents,
        (o) => [groupResource(o.type)],
        (name, n) => `${name}. has ${n} resource instances`,
      )}`,
      'ContentRemoved',
      'All content successfully removed',
    ],
    [
      'NamespaceFinalizersRemaining',
      contents.some(({ finalizers }) => finalizers.length > 0),
      'SomeFinalizersRemain',
      `Some content in the namespace has finalizers remaining: ${counted(
        contents,
        (o) => o.finalizers,
        (name, n) => `${name} in ${n} resource instances`,
      )}`,
      'ContentHasNoFinalizers',
      'All content-preserving finalizers finished',
    ],
  ];
  const conditions = verdicts.reduce<NamespaceCondition[]>(
    (list, [type, fails, reason, message, reasonIfNot, messageIfNot]) =>
      withCondition<NamespaceCondition>(
        list,
        {
          type,
          status: fails ? 'True' : 'False',
          reason: fails ? reason : reasonIfNot,
          message: fails ? message : messageIfNot,
          lastTransitionTime: timestamp(now),
        },
        now,
      ),
    [...(namespace.status?.conditions ?? [])],
  );
  return { ...namespace.status, phase: 'Terminating', conditions };
}

function counted(
  objects: readonly GraphObject[],
  namesOf: (object: GraphObject) => readonly string[],
  inWords: (name: string, count: number) => string,
): string {
  const counts = new Map<string, number>();
  for (const object of objects) for (const name of namesOf(object)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => inWords(name, count))
    .join(', ');
}
