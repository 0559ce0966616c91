import type { Pod } from '@shiplog/domain';
import { planStaleDisruption } from './stale-disruption.controller.js';

const noon = new Date('2026-01-01T12:00:00Z');
const before = (seconds: number): string => new Date(noon.getTime() - seconds * 1000).toISOString();

const pod = (seconds: number | undefined, condition: object = {}, traits: object = {}, phase = 'Running'): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop', uid: 'u', generation: 3, ...traits },
    status: {
      phase,
      conditions:
        seconds === undefined
          ? []
          : [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: before(seconds), ...condition }],
    },
  }) as unknown as Pod;

test.each<[string, Pod]>([
  ['was never to be disrupted', pod(undefined)],
  ['is not to be any more', pod(500, { status: 'False' })],
  ['is ended by its node', pod(500, { reason: 'TerminationByKubelet' })],
  ['is being deleted', pod(500, {}, { deletionTimestamp: before(400) })],
  ['has ended', pod(500, {}, {}, 'Failed')],
])('a pod that %s is left alone', (_, given) => expect(planStaleDisruption(given, noon)).toEqual({ actions: [] }));

test('an announcement is good for two minutes', () =>
  expect(planStaleDisruption(pod(30), noon)).toEqual({ actions: [], requeueAfterMs: 90_000 }));

test('an announcement that nobody acted on is taken back', () =>
  expect(planStaleDisruption(pod(120), noon).actions).toMatchObject([
    {
      do: 'patch',
      subresource: 'status',
      patch: {
        metadata: { uid: 'u' },
        status: { conditions: [{ type: 'DisruptionTarget', status: 'False', reason: null, observedGeneration: 3 }] },
      },
    },
  ]));
