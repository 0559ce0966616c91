import type { OwnerReference } from '@shiplog/domain';
import { pods, replicaSets, nodes } from '@shiplog/client';
import type { Action } from '@shiplog/controller-runtime';
import type { GraphObject } from '../../object-graph/object-graph.js';
import { planGarbage } from './garbage-collector.plan.js';

const object = (name: string, more: Partial<GraphObject> = {}): GraphObject => ({
  type: pods,
  apiVersion: 'v1',
  name,
  namespace: 'shop',
  uid: name,
  resourceVersion: '7',
  owners: [],
  finalizers: [],
  isDeleting: false,
  cause: 'RESOURCES/1',
  ...more,
});
const owner = (name: string, more: Partial<GraphObject> = {}): GraphObject =>
  object(name, { type: replicaSets, ...more });
const ownedBy = (name: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name,
  uid: name,
  ...more,
});
const blocked = (name: string): OwnerReference => ownedBy(name, { blockOwnerDeletion: true });
const foreground = { isDeleting: true, finalizers: ['foregroundDeletion'] };

/** `delete a Background`, `a owners=[b]`, `a finalizers=null`. */
const inWords = (action: Action): string => {
  if (action.do === 'delete') return `delete ${action.object.metadata.name} ${action.options?.propagationPolicy}`;
  if (action.do !== 'patch') return action.do;
  const { ownerReferences, finalizers } = (
    action.patch as { metadata: { ownerReferences?: OwnerReference[] | null; finalizers?: unknown } }
  ).metadata;
  const name = action.object.metadata.name;
  if (finalizers !== undefined) return `${name} finalizers=${JSON.stringify(finalizers)}`;
  return `${name} owners=${ownerReferences ? `[${ownerReferences.map((o) => `${o.name}${o.blockOwnerDeletion === false ? ' unblocked' : ''}`)}]` : 'null'}`;
};
const actions = (given: GraphObject, owners: GraphObject[], dependents: GraphObject[] = []): string[] =>
  planGarbage({ object: given, owners: new Map(owners.map((o) => [o.uid, o])), dependents }).actions.map(inWords);

describe('an object with owners', () => {
  const [a, b] = [owner('a'), owner('b')];
  const cases: [string, GraphObject, GraphObject[], GraphObject[], string[]][] = [
    ['lives with its owner', object('x', { owners: [ownedBy('a')] }), [a], [], []],
    ['goes when its owner is gone', object('x', { owners: [ownedBy('a')] }), [], [], ['delete x Background']],
    [
      'goes when all its owners are gone',
      object('x', { owners: [ownedBy('a'), ownedBy('b')] }),
      [],
      [],
      ['delete x Background'],
    ],
    [
      'lives by one of them and forgets the other',
      object('x', { owners: [ownedBy('a'), ownedBy('b')] }),
      [b],
      [],
      ['x owners=[b]'],
    ],
    [
      'goes when its owner has another uid now',
      object('x', { owners: [ownedBy('a', { uid: 'earlier' })] }),
      [a],
      [],
      ['delete x Background'],
    ],
    [
      'goes when its owner is not what it says',
      object('x', { owners: [ownedBy('a', { kind: 'Deployment' })] }),
      [a],
      [],
      ['delete x Background'],
    ],
    [
      'goes when its owner is in another namespace',
      object('x', { owners: [ownedBy('a')] }),
      [owner('a', { namespace: 'other' })],
      [],
      ['delete x Background'],
    ],
    [
      'may be owned by something of the cluster',
      object('x', { owners: [ownedBy('n', { kind: 'Node' })] }),
      [object('n', { type: nodes, namespace: '' })],
      [],
      [],
    ],
    [
      'of the cluster cannot be owned from a namespace, and stays',
      object('x', { namespace: '', owners: [ownedBy('a')] }),
      [a],
      [],
      [],
    ],
    ['is not deleted twice', object('x', { owners: [ownedBy('a')], isDeleting: true }), [], [], []],
    ["without any is nobody's", object('x'), [], [], []],
    [
      'keeps the policy that it was given',
      object('x', { owners: [ownedBy('a')], finalizers: ['orphan'] }),
      [],
      [],
      ['delete x Orphan'],
    ],
    [
      'lets its owner wait no longer than needed',
      object('x', { owners: [blocked('a')] }),
      [owner('a', foreground)],
      [],
      ['delete x Background'],
    ],
    [
      'that has dependents makes them go first',
      object('x', { owners: [blocked('a')] }),
      [owner('a', foreground)],
      [object('y', { owners: [blocked('x')] })],
      ['delete x Foreground'],
    ],
    [
      'in a circle of waiting breaks it',
      object('x', { owners: [blocked('a')] }),
      [owner('a', foreground)],
      [object('y', { owners: [blocked('x')], ...foreground })],
      ['x owners=[a unblocked]', 'delete x Foreground'],
    ],
    [
      'leaves an owner that waits for it, if another lives',
      object('x', { owners: [blocked('a'), ownedBy('b')] }),
      [owner('a', foreground), b],
      [],
      ['x owners=[b]'],
    ],
  ];
  test.each(cases)('%s', (_, given, owners, dependents, expected) =>
    expect(actions(given, owners, dependents)).toEqual(expected),
  );

  it('is deleted only as it was seen', () => {
    const [action] = planGarbage({
      object: object('x', { owners: [ownedBy('a')] }),
      owners: new Map(),
      dependents: [],
    }).actions;
    expect(action).toMatchObject({ object: { metadata: { uid: 'x' } }, options: { resourceVersion: '7' } });
  });
});

describe('an object deleted with its dependents first', () => {
  const waiting = owner('a', foreground);
  const cases: [string, GraphObject[], string[]][] = [
    ['waits for those that block it', [object('x', { owners: [blocked('a')] })], []],
    ['does not wait for others', [object('x', { owners: [ownedBy('a')] })], ['a finalizers=null']],
    ['goes when there are none', [], ['a finalizers=null']],
  ];
  test.each(cases)('%s', (_, dependents, expected) => expect(actions(waiting, [], dependents)).toEqual(expected));
});

describe('an object deleted without its dependents', () => {
  const leaving = owner('a', { isDeleting: true, finalizers: ['other', 'orphan'] });

  it('lets go of them first', () => {
    const dependents = [object('x', { owners: [blocked('a')] }), object('y', { owners: [blocked('a'), ownedBy('b')] })];
    expect(actions(leaving, [], dependents)).toEqual(['x owners=null', 'y owners=[b]']);
  });

  it('goes when nobody is left', () => expect(actions(leaving, [])).toEqual(['a finalizers=["other"]']));
});
