import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import {
  nodes,
  pods,
  resourceType,
  type ObjectRef,
  type PatchType,
  type ResourceRef,
  type WriteOptions,
} from '@shiplog/client';
import { conflict, type KubeObject, type Pod } from '@shiplog/domain';
import { MemoryApi } from '@shiplog/testing';
import { SchedulerMetrics } from './metrics.js';
import { plugins } from './plugins.js';
import { Scheduler } from './scheduler.js';
import { aNode, aPod, type PodTraits } from './testing/builders.js';

const events = resourceType<KubeObject & { reason: string; message: string; type: string }>(
  '',
  'v1',
  'Event',
  'events',
);

/** The memory API with the binding subresource, telling its caches of every write at once. */
class BindingApi extends MemoryApi {
  refuseBindings = 0;

  override async create<T extends KubeObject>(
    ref: ResourceRef & { name?: string; subresource?: string },
    object: KubeObject,
    options?: WriteOptions,
  ): Promise<T> {
    if (ref.subresource !== 'binding') return this.told(super.create<T>(ref, object, options));
    const name = ref.name ?? '';
    if (this.refuseBindings-- > 0) throw conflict(ref, name, 'not now');
    const { group, version, plural, namespace } = ref;
    const pod = await this.get<Pod>({ group, version, plural, namespace, name });
    const { target } = object as unknown as { target: { name: string } };
    const bound = { ...pod, spec: { ...pod.spec, nodeName: target.name } } as unknown as KubeObject;
    return this.told(
      super.update<KubeObject>({ group, version, plural, namespace, name }, bound, options) as Promise<T>,
    );
  }
  override patch<T extends KubeObject>(
    ref: ObjectRef,
    type: PatchType,
    patch: unknown,
    options?: WriteOptions,
  ): Promise<T> {
    return this.told(super.patch<T>(ref, type, patch, options));
  }
  override delete(...args: Parameters<MemoryApi['delete']>): Promise<void> {
    return this.told(super.delete(...args));
  }
  private async told<T>(written: Promise<T>): Promise<T> {
    const result = await written;
    this.deliver();
    return result;
  }
}

describe('the scheduler', () => {
  const stop = new AbortController();
  afterAll(() => stop.abort());

  async function started(): Promise<{
    api: BindingApi;
    add: (name: string, traits?: PodTraits) => Promise<Pod>;
    addNode: (name: string) => Promise<unknown>;
    podNow: (name: string) => Pod | undefined;
    metrics: Registry;
  }> {
    const api = new BindingApi();
    const registry = new Registry();
    const logger = { info: () => undefined, warn: () => undefined };
    const scheduler = new Scheduler({
      informers: api.informers,
      client: api,
      plugins,
      logger: logger as never,
      percentageOfNodesToScore: 0,
      maxBindsInFlight: 2,
      metricsOf: ({ queue }) =>
        new SchedulerMetrics(
          () => queue.sizes,
          () => ({}),
          () => queue.rejectedBy(),
          registry,
        ),
    });
    api.deliver();
    void scheduler.run(stop.signal);
    await sleep(5);
    return {
      api,
      metrics: registry,
      add: (name, traits) => {
        const pod = aPod(name, traits);
        return api.create({ ...pods, namespace: 'default' }, pod as unknown as KubeObject);
      },
      addNode: (name) => api.create(nodes, aNode(name) as unknown as KubeObject),
      podNow: (name) => api.all(pods).find(({ metadata }) => metadata.name === name),
    };
  }

  async function eventually(holds: () => void): Promise<void> {
    for (let i = 0; ; i++)
      try {
        return holds();
      } catch (error) {
        if (i === 300) throw error;
        await sleep(10);
      }
  }

  it('binds pods and tells so, naming the event that made it act', async () => {
    const { api, add, addNode, podNow, metrics } = await started();
    await addNode('n1');
    const pod = await add('web');
    await eventually(() => expect(podNow('web')?.spec.nodeName).toBe('n1'));
    const binding = api.writes.find(({ verb, plural }) => verb === 'update' && plural === 'pods');
    expect(binding?.options.cause).toBe(`RESOURCES/${pod.metadata.resourceVersion ?? ''}`);
    await eventually(() =>
      expect(api.all(events).map(({ reason, message }) => `${reason}: ${message}`)).toEqual([
        'Scheduled: Successfully assigned default/web to n1',
      ]),
    );
    expect(await metrics.metrics()).toContain(
      'scheduler_schedule_attempts_total{result="scheduled",profile="default-scheduler"} 1',
    );
  });

  it('says why a pod waits, and places it when the cluster has changed', async () => {
    const { api, add, addNode, podNow, metrics } = await started();
    await add('web');
    await eventually(() =>
      expect(podNow('web')?.status?.conditions).toEqual([
        expect.objectContaining({
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: 'no nodes available to schedule pods',
        }),
      ]),
    );
    await eventually(() =>
      expect(api.all(events).map(({ type, reason }) => `${type} ${reason}`)).toEqual(['Warning FailedScheduling']),
    );
    await addNode('n1');
    await eventually(() => expect(podNow('web')?.spec.nodeName).toBe('n1'));
    expect((await metrics.metrics()).match(/(?<=^scheduler_queue_incoming_pods_total).+/gm)).toEqual([
      '{queue="active",event="UnschedulablePodAdd"} 1',
      '{queue="unschedulable",event="ScheduleAttemptFailure"} 1',
      '{queue="backoff",event="NodeAdd"} 1',
      '{queue="active",event="BackoffComplete"} 1',
    ]);
  });

  it('leaves gated pods, and those of other schedulers, alone', async () => {
    const { add, addNode, podNow, api } = await started();
    await addNode('n1');
    await add('gated', { spec: { schedulingGates: [{ name: 'wait' }] } });
    await add('foreign', { spec: { schedulerName: 'other' } });
    await add('ours');
    await eventually(() => expect(podNow('ours')?.spec.nodeName).toBe('n1'));
    expect(podNow('gated')?.spec.nodeName).toBeUndefined();
    expect(podNow('foreign')?.spec.nodeName).toBeUndefined();
    await api.patch({ ...pods, namespace: 'default', name: 'gated' }, 'merge', { spec: { schedulingGates: null } });
    await eventually(() => expect(podNow('gated')?.spec.nodeName).toBe('n1'));
  });

  it('tries again after a refused binding', async () => {
    const { api, add, addNode, podNow } = await started();
    api.refuseBindings = 1;
    await addNode('n1');
    await add('web');
    await eventually(() => expect(podNow('web')?.spec.nodeName).toBe('n1'));
  });

  it('never fills a node twice while bindings are under way', async () => {
    const { api, add, addNode } = await started();
    await addNode('n1');
    await addNode('n2');
    for (let i = 0; i < 12; i++) await add(`p${i}`, { requests: { cpu: '1' } });
    const perNode = (): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { spec } of api.all(pods)) if (spec.nodeName) counts[spec.nodeName] = (counts[spec.nodeName] ?? 0) + 1;
      return counts;
    };
    await eventually(() => expect(perNode()).toEqual({ n1: 4, n2: 4 }));
    await sleep(50);
    expect(perNode()).toEqual({ n1: 4, n2: 4 });
  });

  it('evicts for the more important, marks the victim and nominates the node', async () => {
    const { api, add, addNode, podNow } = await started();
    await addNode('n1');
    await add('low', { requests: { cpu: '4' } });
    await eventually(() => expect(podNow('low')?.spec.nodeName).toBe('n1'));
    const containers = [{ name: 'c', resources: { requests: { cpu: '4' } } }];
    await add('vip', { spec: { priority: 100, containers } });
    await eventually(() => expect(podNow('low')?.metadata.deletionTimestamp).toBeDefined());
    expect(podNow('low')?.status?.conditions).toEqual([
      expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }),
    ]);
    await eventually(() => expect(podNow('vip')?.status?.nominatedNodeName).toBe('n1'));
    expect(podNow('vip')?.spec.nodeName).toBeUndefined();
    await api.delete({ ...pods, namespace: 'default', name: 'low' }, { gracePeriodSeconds: 0 });
    await eventually(() => expect(podNow('vip')?.spec.nodeName).toBe('n1'));
  });
});
