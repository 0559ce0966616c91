import { Registry } from 'prom-client';
import { resolveRequestInfo } from '../request/request-info.js';
import { bootstrapRules } from './bootstrap-rules.js';
import { FlowControl } from './flow-control.js';
import { flowControlMetrics } from './flow-control-metrics.js';

describe('flow control’s metrics', () => {
  it('are in what Prometheus reads, waiting times included', async () => {
    const [control, registry] = [new FlowControl(bootstrapRules, 10), new Registry()];
    flowControlMetrics(control, registry);
    const info = resolveRequestInfo('GET', '/api/v1/pods', new URLSearchParams());
    const flow = control.flowOf({ name: 'jane', groups: ['system:authenticated'] }, info);
    control.finish(
      control.arrive(flow, 1, 0, () => 1_000),
      10,
    );
    const labels = 'priority_level="global-default",flow_schema="global-default"';
    const text = await registry.metrics();
    expect(text).toContain(`apiserver_flowcontrol_dispatched_requests_total{${labels}} 1`);
    expect(text).toContain(`apiserver_flowcontrol_request_wait_duration_seconds_count{${labels},execute="true"} 1`);
  });
});
