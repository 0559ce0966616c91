import { Registry } from 'prom-client';
import type { Answer, IncomingRequest } from './incoming-request.js';
import { resolveRequestInfo } from './request-info.js';
import { RequestMetrics } from './request-metrics.js';
import { RequestScope } from './request-scope.js';

const endpoints = ['/healthz', '/openapi/v3/*'];

function started(): { registry: Registry; metrics: RequestMetrics } {
  const registry = new Registry();
  const metrics = new RequestMetrics({
    registry,
    inFlight: () => ({ mutating: 1, readOnly: 2 }),
    objects: () => [
      { group: '', plural: 'pods', count: 3 },
      { group: 'apps', plural: 'deployments', count: 1 },
    ],
    isServed: ({ resource, subresource }) => resource === 'pods' && ['', 'status', 'log'].includes(subresource),
    endpointOf: (path) => endpoints.find((each) => each === path || path.startsWith(each.replace(/\*$/, ''))),
  });
  return { registry, metrics };
}

function request(method: string, url: string, contentType = ''): RequestScope {
  const { pathname, searchParams } = new URL(url, 'https://cluster');
  const headers = contentType === '' ? {} : { 'content-type': contentType };
  const incoming = { method, path: pathname, query: searchParams, headers } as unknown as IncomingRequest;
  const scope = new RequestScope(incoming);
  scope.info = resolveRequestInfo(method, pathname, searchParams);
  return scope;
}

const answer = (code: number, body = '{}'): Answer => ({ code, body });
const pods = '/api/v1/namespaces/default/pods';
const total = async (registry: Registry): Promise<string[]> =>
  (await registry.getSingleMetricAsString('apiserver_request_total')).split('\n').slice(2);

describe('request metrics', () => {
  it.each([
    ['GET', pods, '', 'LIST', 'namespace'],
    ['GET', '/api/v1/pods', '', 'LIST', 'cluster'],
    ['GET', `${pods}/a`, '', 'GET', 'resource'],
    ['POST', pods, '', 'POST', 'resource'],
    ['PUT', `${pods}/a`, '', 'PUT', 'resource'],
    ['PATCH', `${pods}/a`, 'application/merge-patch+json', 'PATCH', 'resource'],
    ['PATCH', `${pods}/a`, 'application/apply-patch+yaml', 'APPLY', 'resource'],
    ['DELETE', `${pods}/a`, '', 'DELETE', 'resource'],
    ['DELETE', pods, '', 'DELETE', 'namespace'],
    ['OPTIONS', `${pods}/a`, '', 'other', 'resource'],
  ])('%s %s %s is reported as %s of a %s', async (method, path, type, verb, scope) => {
    const { registry, metrics } = started();
    metrics.answered(request(method, path, type), answer(200), performance.now());
    expect(await total(registry)).toEqual([
      `apiserver_request_total{verb="${verb}",dry_run="",group="",version="v1",resource="pods",subresource="",scope="${scope}",component="apiserver",code="200"} 1`,
    ]);
  });

  it('tells dry runs apart, and counts neither them nor failures as changes', async () => {
    const { registry, metrics } = started();
    for (const [query, code] of [
      ['', 201],
      ['?dryRun=All', 201],
      ['', 409],
    ] as const)
      metrics.answered(request('POST', `${pods}${query}`), answer(code), performance.now());
    expect((await total(registry)).map((line) => /dry_run="(\w*)".*code="(\d+)"/.exec(line)?.slice(1))).toEqual([
      ['', '201'],
      ['All', '201'],
      ['', '409'],
    ]);
    expect(await registry.metrics()).toContain('apiserver_audit_event_total 1');
  });

  it('gives what clients invent no labels of its own', async () => {
    const { registry, metrics } = started();
    for (let i = 0; i < 50; i++)
      for (const path of [`/apis/x${i}/v1/y`, `/api/v1/z${i}`, `${pods}/a/part${i}`, `/nowhere/${i}`])
        metrics.answered(request('GET', path), answer(404), performance.now());
    metrics.answered(request('GET', '/healthz'), answer(200), performance.now());
    for (const name of ['a', 'b'])
      metrics.answered(request('GET', `/openapi/v3/${name}`), answer(200), performance.now());
    const lines = (await total(registry)).map((line) => /subresource="([^"]*)".* (\d+)$/.exec(line)?.slice(1));
    expect(lines.toSorted()).toEqual(
      [
        ['', '100'],
        ['', '100'],
        ['/healthz', '1'],
        ['/openapi/v3/*', '2'],
      ].toSorted(),
    );
  });

  it('counts a watch as open while it lasts, and as a request when it is over', async () => {
    const { registry, metrics } = started();
    let end = (): void => undefined;
    const open = new Promise<void>((resolve) => (end = resolve));
    const counted = metrics.answered(request('GET', `${pods}?watch=1`), { stream: () => open }, performance.now());
    const running = (counted as { stream: () => Promise<void> }).stream();
    expect(await registry.metrics()).toMatch(/apiserver_longrunning_requests{verb="WATCH".*} 1/);
    expect(await total(registry)).toEqual([]);
    const sent = metrics.watchEvents({ group: '', version: 'v1', plural: 'pods' });
    expect(sent(Buffer.alloc(1500))).toHaveLength(1500);
    end();
    await running;
    const text = await registry.metrics();
    expect(text).toMatch(/apiserver_longrunning_requests{verb="WATCH".*} 0/);
    expect(text).toMatch(/apiserver_request_total{verb="WATCH".*code="200"} 1/);
    expect(text).toContain('apiserver_watch_events_total{group="",version="v1",resource="pods"} 1');
    expect(text).toContain('apiserver_watch_events_sizes_bucket{group="",version="v1",resource="pods",le="2048"} 1');
  });

  it('does not count against itself what waited for its turn, and sizes only what was read', async () => {
    const { registry, metrics } = started();
    const waited = request('GET', `${pods}/a`);
    waited.waitedMs = 3000;
    metrics.answered(waited, answer(200, 'x'.repeat(5000)), performance.now() - 3001);
    metrics.answered(request('POST', pods), answer(201, 'x'.repeat(5000)), performance.now());
    const text = await registry.metrics();
    expect(text).toMatch(/apiserver_request_duration_seconds_bucket{verb="GET".*le="3"} 0/);
    expect(text).toMatch(/apiserver_request_sli_duration_seconds_bucket{verb="GET".*le="0.05"} 1/);
    expect(text.match(/apiserver_response_sizes_count/g)).toHaveLength(1);
    expect(text).toMatch(/apiserver_response_sizes_bucket{verb="GET".*le="10000"} 1/);
  });

  it('tells how much is there and how much is being done', async () => {
    const text = await started().registry.metrics();
    expect(text).toContain('apiserver_resource_objects{group="apps",resource="deployments"} 1');
    expect(text).toContain('apiserver_storage_objects{resource="deployments.apps"} 1');
    expect(text).toContain('apiserver_storage_objects{resource="pods"} 3');
    expect(text).toContain('apiserver_current_inflight_requests{request_kind="mutating"} 1');
  });
});
