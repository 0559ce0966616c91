import type { Namespace, NamespaceStatus } from '@shiplog/domain';
import { configMaps, pods, type ResourceType } from '@shiplog/client';
import type { GraphObject } from '../../object-graph/object-graph.js';
import { planNamespace } from './namespace.plan.js';

const noon = new Date('2026-01-01T12:00:00Z');
const namespace = (metadata: object = { deletionTimestamp: 'now' }, finalizers = ['kubernetes']): Namespace =>
  ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', ...metadata },
    spec: { finalizers },
    status: { phase: 'Terminating' },
  }) as unknown as Namespace;
const content = (type: ResourceType, name: string, more: Partial<GraphObject> = {}): GraphObject => ({
  type,
  apiVersion: 'v1',
  name,
  namespace: 'shop',
  uid: name,
  resourceVersion: '1',
  owners: [],
  finalizers: [],
  isDeleting: false,
  cause: 'RESOURCES/1',
  ...more,
});

const actions = (ns: Namespace, contents: GraphObject[]): string[] =>
  planNamespace({ namespace: ns, contents }, noon).actions.map((action) =>
    action.do === 'update'
      ? `finalize ${JSON.stringify((action.object as Namespace).spec?.finalizers)}`
      : `${action.do} ${'object' in action ? action.object.metadata.name : ''}`,
  );

describe('a namespace that is deleted', () => {
  const pod = content(pods, 'pod');
  const map = content(configMaps, 'map');
  const saysEmpty = { conditions: [{ type: 'NamespaceContentRemaining', status: 'False' }] } as NamespaceStatus;
  const cases: [string, Namespace, GraphObject[], string[]][] = [
    ['loses its pods first', namespace(), [map, pod], ['delete pod']],
    ['waits until they have ended', namespace(), [map, { ...pod, isDeleting: true }], []],
    ['then loses the rest', namespace(), [map], ['delete map']],
    ['waits for finalizers of its contents', namespace(), [{ ...map, isDeleting: true, finalizers: ['x/y'] }], []],
    ['may go when it is empty', namespace(), [], ['finalize []']],
    [
      'keeps finalizers of others',
      { ...namespace(undefined, ['kubernetes', 'x/y']), status: saysEmpty },
      [],
      ['finalize ["x/y"]'],
    ],
    ['is left alone once it is released', namespace(undefined, ['x/y']), [map], []],
    ['keeps everything as long as it is not deleted', namespace({}), [map, pod], []],
  ];
  test.each(cases)('%s', (_, ns, contents, expected) => expect(actions(ns, contents)).toEqual(expected));

  it('first says that nothing is left where finalizers of others keep it', () => {
    const kept = namespace(undefined, ['kubernetes', 'x/y']);
    expect(actions(kept, [])).toEqual([]);
    const status = planNamespace({ namespace: kept, contents: [] }, noon).status?.status as NamespaceStatus;
    expect(status.conditions?.find(({ type }) => type === 'NamespaceContentRemaining')).toMatchObject({
      status: 'False',
      reason: 'ContentRemoved',
    });
  });

  it('says what is left, and which finalizers hold it', () => {
    const contents = [{ ...map, isDeleting: true, finalizers: ['x/y'] }, content(configMaps, 'other'), pod];
    const status = planNamespace({ namespace: namespace(), contents }, noon).status?.status as NamespaceStatus;
    const messages = Object.fromEntries(
      (status.conditions ?? []).map(({ type, status: s, message }) => [`${type} ${s}`, message]),
    );
    expect(messages).toMatchObject({
      'NamespaceDeletionContentFailure False': 'All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining True':
        'Some resources are remaining: configmaps. has 2 resource instances, pods. has 1 resource instances',
      'NamespaceFinalizersRemaining True':
        'Some content in the namespace has finalizers remaining: x/y in 1 resource instances',
    });
  });
});
