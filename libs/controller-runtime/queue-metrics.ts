import { exponential, measured, spreads, tallies } from '@shiplog/component-base';

interface ObservedQueue {
  depth(): number;
  startTimes(): Iterable<number>;
}

/** What a queue tells about itself. */
export interface QueueMetrics {
  observe(queue: ObservedQueue): void;
  added(key: string): void;
  started(key: string): void;
  finished(startedAt: number): void;
  retried(): void;
}

const labelNames = ['name'] as const;
// Bounds: source k8s.io/component-base, metrics/prometheus/workqueue.
const buckets = exponential(1e-8, 10, 12);
const queues = new Map<string, ObservedQueue>();

const adds = tallies({ name: 'workqueue_adds_total', help: 'Keys added to the queue', labelNames });
const retries = tallies({ name: 'workqueue_retries_total', help: 'Keys that came back after a failure', labelNames });
const waits = spreads({
  name: 'workqueue_queue_duration_seconds',
  help: 'How long keys waited for a worker',
  labelNames,
  buckets,
});
const works = spreads({
  name: 'workqueue_work_duration_seconds',
  help: 'How long keys were worked on',
  labelNames,
  buckets,
});

function* ofQueues(value: (queue: ObservedQueue) => number): Iterable<readonly [{ name: string }, number]> {
  for (const [name, queue] of queues) yield [{ name }, value(queue)];
}

const ages = (queue: ObservedQueue): number[] =>
  Array.from(queue.startTimes(), (at) => (performance.now() - at) / 1000);

measured({ name: 'workqueue_depth', help: 'Keys that wait for a worker', labelNames }, () =>
  ofQueues((queue) => queue.depth()),
);
measured({ name: 'workqueue_unfinished_work_seconds', help: 'Age of all work in progress, summed', labelNames }, () =>
  ofQueues((queue) => ages(queue).reduce((sum, age) => sum + age, 0)),
);
measured(
  { name: 'workqueue_longest_running_processor_seconds', help: 'Age of the oldest work in progress', labelNames },
  () => ofQueues((queue) => Math.max(0, ...ages(queue))),
);

/** Metrics of one queue under the names that dashboards for the reference's controllers use. */
export function queueMetrics(name: string): QueueMetrics {
  const [added, retried, waited, worked] = [adds({ name }), retries({ name }), waits({ name }), works({ name })];
  const addedAt = new Map<string, number>();
  return {
    observe: (queue) => queues.set(name, queue),
    added(key) {
      added.add();
      addedAt.set(key, performance.now());
    },
    started(key) {
      const at = addedAt.get(key);
      addedAt.delete(key);
      if (at !== undefined) waited.observe((performance.now() - at) / 1000);
    },
    finished: (startedAt) => worked.observe((performance.now() - startedAt) / 1000),
    retried: () => retried.add(),
  };
}
