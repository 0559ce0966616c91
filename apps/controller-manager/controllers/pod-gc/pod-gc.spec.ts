import type { Pod } from '@shiplog/domain';
import { planPodGc, type PodGcWorld } from './pod-gc.plan.js';

const noon = new Date('2026-01-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(noon.getTime() - seconds * 1000);
const pod = (more: { phase?: string; node?: string; deleting?: boolean } = {}): Pod =>
  ({
    metadata: { name: 'p', uid: 'p', ...(more.deleting ? { deletionTimestamp: 'now' } : {}) },
    spec: more.node === undefined ? {} : { nodeName: more.node },
    status: { phase: more.phase ?? 'Running' },
  }) as unknown as Pod;
const world = (given: Pod, more: Partial<PodGcWorld> = {}): PodGcWorld => ({
  pod: given,
  isNodeOutOfService: false,
  isSurplus: false,
  ...more,
});

describe('a pod that no node will remove', () => {
  const cases: [string, PodGcWorld, string[], number | undefined][] = [
    ['stays on a node that is there', world(pod({ node: 'n' })), [], undefined],
    ['of a missing node has 40 s of grace', world(pod({ node: 'n' }), { nodeMissingSince: ago(15) }), [], 25_000],
    [
      'of a missing node fails and goes',
      world(pod({ node: 'n' }), { nodeMissingSince: ago(40) }),
      ['patch', 'delete'],
      undefined,
    ],
    [
      'of a missing node that has ended just goes',
      world(pod({ node: 'n', phase: 'Succeeded' }), { nodeMissingSince: ago(40) }),
      ['delete'],
      undefined,
    ],
    ['never placed goes when it is deleted', world(pod({ deleting: true })), ['delete'], undefined],
    ['never placed stays otherwise', world(pod()), [], undefined],
    ["placed and deleted is its node's affair", world(pod({ node: 'n', deleting: true })), [], undefined],
    [
      'deleted on a node that is out of service goes',
      world(pod({ node: 'n', deleting: true }), { isNodeOutOfService: true }),
      ['patch', 'delete'],
      undefined,
    ],
    [
      'ended goes when there are too many of them',
      world(pod({ phase: 'Failed' }), { isSurplus: true }),
      ['delete'],
      undefined,
    ],
  ];
  test.each(cases)('%s', (_, given, actions, requeueAfterMs) => {
    const plan = planPodGc(given, noon);
    expect([plan.actions.map((action) => action.do), plan.requeueAfterMs]).toEqual([actions, requeueAfterMs]);
  });

  it('is removed at once', () =>
    expect(planPodGc(world(pod({ deleting: true })), noon).actions[0]).toMatchObject({
      options: { gracePeriodSeconds: 0 },
    }));
});
