import { register } from 'prom-client';
import { countedCommands } from './client-metrics.js';
import { queueMetrics } from './queue-metrics.js';
import { WorkQueue } from './work-queue.js';

describe('a queue’s metrics', () => {
  it('have the names that dashboards look for', async () => {
    const queue = new WorkQueue({ metrics: queueMetrics('pods'), firstRetryMs: 60_000 });
    queue.add('a');
    queue.add('b');
    queue.add('b');
    const { key } = (await queue.next())!;
    queue.retry(key);
    const text = await register.metrics();
    queue.close();
    expect(text).toContain('workqueue_adds_total{name="pods"} 2');
    expect(text).toContain('workqueue_retries_total{name="pods"} 1');
    expect(text).toContain('workqueue_depth{name="pods"} 1');
    expect(text).toContain('workqueue_queue_duration_seconds_count{name="pods"} 1');
    expect(text).toContain('workqueue_work_duration_seconds_count{name="pods"} 0');
    expect(text).toContain('workqueue_work_duration_seconds_bucket{name="pods",le="1e-8"} 0');
    expect(text).toMatch(/workqueue_unfinished_work_seconds{name="pods"} \S*[1-9]/);
    expect(text).toMatch(/workqueue_longest_running_processor_seconds{name="pods"} \S*[1-9]/);
  });
});

describe('countedCommands', () => {
  it('counts by method and code, and what got no answer', async () => {
    const codes = [200, 409];
    const transport = countedCommands({
      send: () => {
        const code = codes.shift();
        return code === undefined ? Promise.reject(new Error('gone')) : Promise.resolve({ code, body: {} });
      },
    });
    for (let i = 0; i < 2; i++) await transport.send({ method: 'PUT', path: '/api/v1/nodes/n' });
    await expect(transport.send({ method: 'GET', path: '/' })).rejects.toThrow('gone');
    const text = await register.metrics();
    expect(text).toContain('rest_client_requests_total{code="200",host="api-gateway",method="PUT"} 1');
    expect(text).toContain('rest_client_requests_total{code="409",host="api-gateway",method="PUT"} 1');
    expect(text).toContain('rest_client_requests_total{code="<error>",host="api-gateway",method="GET"} 1');
    expect(text).toContain('rest_client_request_duration_seconds_count{verb="PUT",host="api-gateway"} 2');
  });
});
