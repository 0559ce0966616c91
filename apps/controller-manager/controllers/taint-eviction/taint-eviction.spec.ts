import type { Pod, Taint, Toleration } from '@shiplog/domain';
import { tolerates } from '../../objects/taints.js';
import { planTaintEviction } from './taint-eviction.controller.js';

const noon = new Date('2026-01-01T12:00:00Z');
const taint = (key: string, secondsAgo = 100, value?: string): Taint =>
  ({
    key,
    effect: 'NoExecute',
    timeAdded: new Date(noon.getTime() - secondsAgo * 1000).toISOString(),
    ...(value ? { value } : {}),
  }) as Taint;
const pod = (tolerations: Toleration[] = [], metadata: object = {}): Pod =>
  ({
    metadata: { name: 'p', namespace: 'shop', uid: 'p', ...metadata },
    spec: { nodeName: 'n', tolerations },
  }) as unknown as Pod;

describe('what a toleration tolerates', () => {
  const cases: [Toleration, boolean][] = [
    [{ key: 'a', operator: 'Exists' }, true],
    [{ key: 'a', operator: 'Equal', value: 'v' }, true],
    [{ key: 'a', value: 'v' }, true],
    [{ key: 'a', value: 'w' }, false],
    [{ key: 'b', operator: 'Exists' }, false],
    [{ operator: 'Exists' }, true],
    [{ operator: 'Exists', effect: 'NoSchedule' }, false],
    [{ operator: 'Exists', effect: 'NoExecute' }, true],
    [{ value: 'v' }, false],
  ] as [Toleration, boolean][];
  test.each(cases)('%j: %s', (toleration, expected) =>
    expect(tolerates(toleration, taint('a', 0, 'v'))).toBe(expected),
  );
});

describe('a pod on a node with NoExecute taints', () => {
  const forSeconds = (key: string, tolerationSeconds?: number): Toleration => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  });
  const cases: [string, Pod, Taint[], string[], number | undefined][] = [
    ['stays where there are none', pod(), [], [], undefined],
    ['goes at once if it does not tolerate them', pod(), [taint('a')], ['tell', 'patch', 'delete'], undefined],
    [
      'goes if it tolerates but one of them',
      pod([forSeconds('a')]),
      [taint('a'), taint('b')],
      ['tell', 'patch', 'delete'],
      undefined,
    ],
    ['stays if it tolerates them for good', pod([forSeconds('a')]), [taint('a')], [], undefined],
    ['stays for as long as it tolerates them', pod([forSeconds('a', 300)]), [taint('a', 100)], [], 200_000],
    ['goes when that is over', pod([forSeconds('a', 300)]), [taint('a', 300)], ['tell', 'patch', 'delete'], undefined],
    [
      'goes by the shortest of its tolerations',
      pod([forSeconds('a', 300), forSeconds('b', 150)]),
      [taint('a'), taint('b')],
      [],
      50_000,
    ],
    ['is left alone when it goes already', pod([], { deletionTimestamp: 'now' }), [taint('a')], [], undefined],
  ];
  test.each(cases)('%s', (_, given, taints, actions, requeueAfterMs) => {
    const plan = planTaintEviction({ pod: given, taints }, noon);
    expect([plan.actions.map((action) => action.do), plan.requeueAfterMs]).toEqual([actions, requeueAfterMs]);
  });

  it('is told why', () =>
    expect(planTaintEviction({ pod: pod(), taints: [taint('a')] }, noon).actions).toMatchObject([
      { notice: { reason: 'TaintManagerEviction', message: 'Marking for deletion Pod shop/p' } },
      {
        patch: {
          status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' }] },
        },
      },
      {},
    ]));
});
