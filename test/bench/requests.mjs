// What requests cost inside the gateway, without network, log and disk; the log is in memory:
// node test/bench/requests.mjs PKI_FOLDER [workload...] [--count 5000] [--rounds 5]      (the pki folder of any cluster)
import { URLSearchParams } from 'node:url';
import { parseArgs } from 'node:util';
import { createLogger } from '@shiplog/component-base';
import { MemoryEventStore } from '@shiplog/event-store';
import { Registry as MetricsRegistry } from 'prom-client';
import { assembleGateway, clusterCache } from '../../apps/api-gateway/dist/assemble-gateway.js';
import { ensureBootstrapObjects } from '../../apps/api-gateway/dist/bootstrap/ensure-bootstrap-objects.js';
import { GatewayConfiguration } from '../../apps/api-gateway/dist/configuration.js';
import { gatewayRules } from '../../apps/api-gateway/dist/gateway-rules.js';
import { handleRequest } from '../../apps/api-gateway/dist/request-pipeline.js';
import { RequestScope } from '../../apps/api-gateway/dist/request/request-scope.js';
import { builtInResources } from '../../apps/api-gateway/dist/rest/built-in-resources.js';
import { schemaCodec } from '../../apps/api-gateway/dist/rest/schema-codec.js';
import { benchPod } from './load/bench-pod.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '5' } },
});
const [pkiFolder, ...wanted] = positionals;
const count = Number(values.count);

const silent = createLogger('bench', { level: 'silent' });
const configuration = Object.assign(new GatewayConfiguration(), { pkiFolder, serviceCidr: '10.96.0.0/16' });
const parts = {
  configuration,
  logger: silent,
  metrics: new MetricsRegistry(),
  store: new MemoryEventStore(),
  snapshots: { snapshot: () => Promise.resolve(undefined) },
  past: { events: async function* () {}, objectsAt: async () => undefined, pageAt: async () => undefined },
  resources: builtInResources,
  codec: schemaCodec,
};
const signal = new AbortController().signal;
const cache = clusterCache(parts);
await cache.start(signal);
const gateway = assembleGateway(parts, cache, gatewayRules(parts, cache), () => []);
await ensureBootstrapObjects(
  gateway,
  { serviceCidr: '10.96.0.0/16', serviceAddress: '10.96.0.1', advertiseAddress: '127.0.0.1', port: 6443 },
  signal,
);

const admin = { username: 'bench', uid: '', groups: ['system:masters', 'system:authenticated'], extra: {} };
const noQuery = new URLSearchParams();
async function send(method, path, contentType, body) {
  const bytes = Buffer.from(body ?? '');
  const incoming = {
    method,
    path,
    query: noQuery,
    headers: { accept: 'application/json', ...(contentType ? { 'content-type': contentType } : {}) },
    sourceIp: '127.0.0.1',
    trustedUser: admin,
    body: () => Promise.resolve(bytes),
  };
  const answer = await handleRequest(new RequestScope(incoming), gateway);
  if (answer.code >= 300) throw new Error(`${method} ${path}: ${answer.code} ${answer.body}`);
}
const json = 'application/json';
const pods = '/api/v1/namespaces/bench/pods';
const leases = '/apis/coordination.k8s.io/v1/namespaces/bench/leases';
await send('POST', '/api/v1/namespaces', json, '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"bench"}}');
await send(
  'POST',
  '/api/v1/namespaces/bench/serviceaccounts',
  json,
  '{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"}}',
).catch(() => undefined);
await send(
  'POST',
  leases,
  json,
  '{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"n"},"spec":{"holderIdentity":"n","leaseDurationSeconds":40}}',
);
const workloads = {
  create: (i) => send('POST', pods, json, benchPod(`p-${i}`, i)),
  get: (i) => send('GET', `${pods}/p-${i}`),
  'patch-status': (i, round) =>
    send(
      'PATCH',
      `${pods}/p-${i}/status`,
      'application/strategic-merge-patch+json',
      `{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"${round % 2 ? 'True' : 'False'}","lastTransitionTime":"2026-01-01T00:00:${String(i % 60).padStart(2, '0')}Z"}]}}`,
    ),
  lease: (i, round) =>
    send(
      'PATCH',
      `${leases}/n`,
      'application/merge-patch+json',
      `{"spec":{"renewTime":"2026-01-01T00:${String(round).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}.${String(i % 1000000).padStart(6, '0')}Z"}}`,
    ),
  delete: (i) => send('DELETE', `${pods}/p-${i}`, json, '{"gracePeriodSeconds":0}'),
};
const figures = new Map();
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, work] of Object.entries(workloads)) {
    const before = process.cpuUsage();
    const started = performance.now();
    for (let i = 0; i < count; i++) await work(i, round);
    const { user, system } = process.cpuUsage(before);
    if (!figures.has(name)) figures.set(name, []);
    figures.get(name).push({ us: ((performance.now() - started) * 1000) / count, cpu: (user + system) / count });
  }
const shown = (n) => n.toFixed(0).padStart(6);
for (const [name, rounds] of figures)
  if (wanted.length === 0 || wanted.includes(name))
    console.log(
      name.padEnd(14),
      'first',
      shown(rounds[0].us),
      'us  cpu',
      shown(rounds[0].cpu),
      'us  best',
      shown(Math.min(...rounds.map(({ us }) => us))),
      'us  cpu best',
      shown(Math.min(...rounds.map(({ cpu }) => cpu))),
      'us',
    );
process.exit(0);
