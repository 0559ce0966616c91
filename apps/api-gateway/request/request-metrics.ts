import { levels, measured, spreads, tallies, type Spread, type Tally } from '@shiplog/component-base';
import type { Registry as MetricsRegistry } from 'prom-client';
import type { Answer } from './incoming-request.js';
import { reportedVerb, scopeOf } from './reported-request.js';
import type { RequestInfo } from './request-info.js';
import type { RequestContext } from './request-context.js';

/** Where the figures come from that are asked for when somebody looks. */
export interface MetricsSources {
  readonly registry: MetricsRegistry;
  readonly inFlight: () => { readonly mutating: number; readonly readOnly: number };
  /** Present objects by kind. */
  readonly objects: () => Iterable<{ readonly group: string; readonly plural: string; readonly count: number }>;
  /** Whether there is such a resource, with such a subresource. What clients invent gets no labels of its own. */
  readonly isServed: (info: RequestInfo) => boolean;
  /** The endpoint of a path that is no resource. */
  readonly endpointOf: (path: string) => string | undefined;
}

/** All that is counted of requests that are alike. */
interface Series {
  readonly byCode: Map<number, Tally>;
  readonly seconds: Spread;
  readonly sliSeconds: Spread;
  /** Of reads only, as upstream. */
  readonly sizes: Spread | undefined;
}

// Bounds and labels: source kube-apiserver v1.36.
const secondsBuckets = [
  ...[0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60],
];
const sliBuckets = secondsBuckets.slice(2);
const sizeBuckets = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const eventSizeBuckets = [1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

const target = ['group', 'version', 'resource', 'subresource', 'scope', 'component'] as const;
const kind = ['group', 'version', 'resource'] as const;
const reads = new Set(['GET', 'LIST', 'WATCH']);

/** Metrics of the API server under the names that dashboards know from upstream. A request costs one look-up by its labels. */
export class RequestMetrics {
  private readonly series = new Map<string, Series>();
  private readonly families;

  constructor(private readonly sources: MetricsSources) {
    const { registry, inFlight, objects } = sources;
    const about = <Name extends string>(name: string, help: string, labelNames: readonly Name[]) => ({
      ...{ name: `apiserver_${name}`, help, labelNames, registry },
    });
    this.families = {
      total: tallies(about('request_total', 'Requests, by HTTP status code.', ['verb', 'dry_run', ...target, 'code'])),
      seconds: spreads({
        ...about('request_duration_seconds', 'Time from request to answer.', ['verb', 'dry_run', ...target]),
        buckets: secondsBuckets,
      }),
      sliSeconds: spreads({
        ...about('request_sli_duration_seconds', 'The same without waiting for a turn.', ['verb', ...target]),
        buckets: sliBuckets,
      }),
      sizes: spreads({ ...about('response_sizes', 'Bytes of answers.', ['verb', ...target]), buckets: sizeBuckets }),
      running: levels(about('longrunning_requests', 'Watches and streams that are open.', ['verb', ...target])),
      events: tallies(about('watch_events_total', 'Events sent to watches.', kind)),
      eventSizes: spreads({ ...about('watch_events_sizes', 'Bytes of events.', kind), buckets: eventSizeBuckets }),
      audited: tallies(about('audit_event_total', 'Changes that the log has with who made them.', []))({}),
    };
    measured(about('current_inflight_requests', 'Requests being served.', ['request_kind']), () =>
      Object.entries(inFlight()).map(([request_kind, count]) => [{ request_kind }, count] as const),
    );
    measured(about('resource_objects', 'Present objects, by kind.', ['group', 'resource']), () =>
      Array.from(objects(), ({ group, plural, count }) => [{ group, resource: plural }, count] as const),
    );
    measured(about('storage_objects', 'The same, under its older name.', ['resource']), () =>
      Array.from(objects(), ({ group, plural, count }) => [
        { resource: group === '' ? plural : `${plural}.${group}` },
        count,
      ]),
    );
  }

  /** Counts an answered request. A stream is counted when it is over; the answer that is returned sees to that. */
  answered(request: RequestContext, answer: Answer, startedAt: number): Answer {
    const series = this.seriesOf(request);
    if (!('stream' in answer)) {
      this.count(request, series, answer.code, startedAt);
      series.sizes?.observe(answer.body.length);
      return answer;
    }
    const { dry_run: _, ...labels } = this.labelsOf(request);
    const running = this.families.running(labels);
    const stream = async (): Promise<void> => {
      running.add();
      try {
        await answer.stream();
      } finally {
        running.add(-1);
        this.count(request, series, 200, startedAt);
      }
    };
    return { stream };
  }

  /** What counts the events of one watch: it is given each as it is sent, and gives it back. */
  watchEvents({
    group,
    version,
    plural,
  }: {
    group: string;
    version: string;
    plural: string;
  }): (event: Buffer) => Buffer {
    const labels = { group, version, resource: plural };
    const [events, sizes] = [this.families.events(labels), this.families.eventSizes(labels)];
    return (event) => {
      events.add();
      sizes.observe(event.length);
      return event;
    };
  }

  private count(
    request: RequestContext,
    { byCode, seconds, sliSeconds }: Series,
    code: number,
    startedAt: number,
  ): void {
    const elapsed = (performance.now() - startedAt) / 1000;
    let total = byCode.get(code);
    if (!total) byCode.set(code, (total = this.families.total({ ...this.labelsOf(request), code: String(code) })));
    total.add();
    seconds.observe(elapsed);
    sliSeconds.observe(elapsed - request.waitedMs / 1000);
    if (code < 300 && request.info.isResource && isChange(request)) this.families.audited.add();
  }

  private seriesOf(request: RequestContext): Series {
    const { info } = request;
    const { isResource, group, version, resource, subresource, path } = info;
    const about = `${reportedVerb(request)} ${dryRunOf(request)} ${scopeOf(info)}`;
    const key = isResource ? `${about} ${group}/${version}/${resource}/${subresource}` : `${about} ${path}`;
    return this.series.get(key) ?? this.newSeries(request, key);
  }

  /** Kept under its key only if there are few such keys: paths that lead nowhere are without number. */
  private newSeries(request: RequestContext, key: string): Series {
    const { dry_run, ...labels } = this.labelsOf(request);
    const series: Series = {
      byCode: new Map(),
      seconds: this.families.seconds({ ...labels, dry_run }),
      sliSeconds: this.families.sliSeconds(labels),
      sizes: reads.has(labels.verb) ? this.families.sizes(labels) : undefined,
    };
    const { isResource, path } = request.info;
    if (isResource ? labels.resource !== '' : labels.subresource === path) this.series.set(key, series);
    return series;
  }

  private labelsOf(request: RequestContext): Record<'verb' | 'dry_run' | (typeof target)[number], string> {
    const { info } = request;
    const about = { verb: reportedVerb(request), dry_run: dryRunOf(request), scope: scopeOf(info) };
    if (info.isResource && this.sources.isServed(info)) {
      const { group, version, resource, subresource } = info;
      return { ...about, group, version, resource, subresource, component: 'apiserver' };
    }
    const endpoint = info.isResource ? undefined : this.sources.endpointOf(info.path);
    const nothing = { group: '', version: '', resource: '', scope: '', component: '' };
    return { ...about, ...nothing, subresource: endpoint ?? '' };
  }
}

const dryRunOf = (request: RequestContext): string =>
  isWrite(request) && request.incoming.query.has('dryRun') ? 'All' : '';

const isWrite = ({ incoming: { method } }: RequestContext): boolean => method !== 'GET' && method !== 'HEAD';

const isChange = (request: RequestContext): boolean => isWrite(request) && dryRunOf(request) === '';
