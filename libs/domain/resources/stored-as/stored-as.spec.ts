import type { KubeObject } from '../../api/kube-object.js';
import { eventStoredAsCore } from './event.stored-as.js';
import { autoscalerStoredAsV2 } from './horizontal-pod-autoscaler.stored-as.js';
import type { StoredAs } from './stored-as.js';

const metadata = { name: 'x', namespace: 'default', resourceVersion: '7' };
const target = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };

type Case = [string, StoredAs<never>, KubeObject, KubeObject];
const cases: Case[] = [
  [
    'an event under its two sets of names',
    eventStoredAsCore as StoredAs<never>,
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata,
      regarding: { kind: 'Pod' },
      note: 'pulled',
      reportingController: 'kubelet',
      deprecatedCount: 3,
      reason: 'Pulled',
    },
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      involvedObject: { kind: 'Pod' },
      message: 'pulled',
      reportingComponent: 'kubelet',
      count: 3,
      reason: 'Pulled',
    },
  ],
  [
    'an autoscaler by CPU',
    autoscalerStoredAsV2 as StoredAs<never>,
    {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v1',
      metadata,
      spec: { scaleTargetRef: target, maxReplicas: 5, targetCPUUtilizationPercentage: 80 },
    },
    {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v2',
      metadata,
      spec: {
        scaleTargetRef: target,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      },
    },
  ],
  [
    'an autoscaler by what v1 has no field for',
    autoscalerStoredAsV2 as StoredAs<never>,
    {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v1',
      metadata: { ...metadata, annotations: { 'autoscaling.alpha.kubernetes.io/metrics': '[{"type":"Pods"}]' } },
      spec: { scaleTargetRef: target, maxReplicas: 5 },
    },
    {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v2',
      metadata,
      spec: { scaleTargetRef: target, maxReplicas: 5, metrics: [{ type: 'Pods' }] },
    },
  ],
];

describe.each(cases)('%s', (_, storedAs, shown, stored) => {
  it('is stored', () => expect(storedAs.toStored(shown as never)).toEqual(stored));
  it('is shown', () => expect(storedAs.fromStored(stored)).toEqual(shown));
});
