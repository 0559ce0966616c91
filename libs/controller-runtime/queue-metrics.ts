import { Counter, Gauge, Histogram } from 'prom-client';

/** What a queue tells about itself. */
export interface QueueMetrics {
  observe(queue: { depth(): number; startTimes(): Iterable<number> }): void;
  added(key: string): void;
  started(key: string): void;
  finished(startedAt: number): void;
  retried(): void;
}

const labelNames = ['name'] as const;
const buckets = [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10];
const queues = new Map<string, { depth(): number; startTimes(): Iterable<number> }>();

const adds = new Counter({ name: 'workqueue_adds_total', help: 'Keys added to the queue', labelNames });
const retries = new Counter({
  name: 'workqueue_retries_total',
  help: 'Keys that came back after a failure',
  labelNames,
});
const waited = new Histogram({
  name: 'workqueue_queue_duration_seconds',
  help: 'How long keys waited for a worker',
  labelNames,
  buckets,
});
const worked = new Histogram({
  name: 'workqueue_work_duration_seconds',
  help: 'How long keys were worked on',
  labelNames,
  buckets,
});

function gauge(
  name: string,
  help: string,
  valueOf: (queue: { depth(): number; startTimes(): Iterable<number> }) => number,
) {
  new Gauge({
    name,
    help,
    labelNames,
    collect() {
      for (const [queueName, queue] of queues) this.set({ name: queueName }, valueOf(queue));
    },
  });
}

const ages = (startTimes: Iterable<number>): number[] =>
  Array.from(startTimes, (at) => (performance.now() - at) / 1000);

gauge('workqueue_depth', 'Keys that wait for a worker', (queue) => queue.depth());
gauge('workqueue_unfinished_work_seconds', 'Age of all work in progress, summed', ({ startTimes }) =>
  ages(startTimes()).reduce((sum, age) => sum + age, 0),
);
gauge('workqueue_longest_running_processor_seconds', 'Age of the oldest work in progress', ({ startTimes }) =>
  Math.max(0, ...ages(startTimes())),
);

/** Metrics of one queue under the names that dashboards for the reference's controllers use. */
export function queueMetrics(name: string): QueueMetrics {
  const addedAt = new Map<string, number>();
  return {
    observe: (queue) => queues.set(name, queue),
    added(key) {
      adds.inc({ name });
      addedAt.set(key, performance.now());
    },
    started(key) {
      const at = addedAt.get(key);
      addedAt.delete(key);
      if (at !== undefined) waited.observe({ name }, (performance.now() - at) / 1000);
    },
    finished: (startedAt) => worked.observe({ name }, (performance.now() - startedAt) / 1000),
    retried: () => retries.inc({ name }),
  };
}
