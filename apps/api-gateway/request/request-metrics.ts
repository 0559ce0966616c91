import { Counter, Gauge, Histogram, type Registry as MetricsRegistry } from 'prom-client';
import type { RequestInfo } from './request-info.js';

/** Metrics of the API server under the names that dashboards know from upstream. */
export class RequestMetrics {
  private readonly total: Counter;
  private readonly duration: Histogram;

  constructor(registry: MetricsRegistry, inFlight: () => { mutating: number; readOnly: number }) {
    const labels = ['verb', 'group', 'version', 'resource', 'subresource', 'scope'] as const;
    this.total = new Counter({
      name: 'apiserver_request_total',
      help: 'Requests by verb, resource and HTTP response code.',
      labelNames: [...labels, 'code'],
      registers: [registry],
    });
    this.duration = new Histogram({
      name: 'apiserver_request_duration_seconds',
      help: 'Response latency in seconds by verb and resource.',
      labelNames: [...labels],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers: [registry],
    });
    const gauge: Gauge = new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests being served now, by kind.',
      labelNames: ['request_kind'],
      registers: [registry],
      collect: () => {
        const { mutating, readOnly } = inFlight();
        gauge.set({ request_kind: 'mutating' }, mutating);
        gauge.set({ request_kind: 'readOnly' }, readOnly);
      },
    });
  }

  observe(
    { isResource, verb, group, version, resource, subresource, namespace, name }: RequestInfo,
    code: number,
    seconds: number,
  ): void {
    const scope = !isResource ? '' : name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster';
    const labels = { verb: verb.toUpperCase(), group, version, resource, subresource, scope };
    this.total.inc({ ...labels, code });
    if (verb !== 'watch') this.duration.observe(labels, seconds);
  }
}
