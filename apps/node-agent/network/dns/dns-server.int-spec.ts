import { Resolver } from 'node:dns/promises';
import { createLogger } from '@shiplog/component-base';
import { at, service, slice } from '../testing-services.js';
import { serveDns } from './dns-server.js';

const endpoints = Array.from({ length: 120 }, (_, i) => at(`10.201.1.${i + 1}`));
const all = [
  service('web', { clusterIP: '10.96.0.7', ports: [{ name: 'http', port: 80 }] }),
  service('many', { clusterIP: 'None' }),
];
const directory = {
  service: (_: string, name: string) => all.find(({ metadata }) => metadata.name === name),
  slices: (_: string, name: string) => (name === 'many' ? [slice('many', endpoints)] : []),
  hasServices: () => true,
  serviceAt: () => undefined,
  slicesWith: () => [],
};

describe('serveDns', () => {
  const stop = new AbortController();
  const resolver = new Resolver();
  beforeAll(async () => {
    const server = { zone: 'cluster.local', directory, forward: () => Promise.resolve(undefined) };
    const { port } = await serveDns(server, '127.0.0.1', 0, createLogger('dns'), stop.signal);
    resolver.setServers([`127.0.0.1:${port}`]);
  });
  afterAll(() => stop.abort());

  it('answers a real resolver over UDP', async () => {
    expect(await resolver.resolve4('web.default.svc.cluster.local')).toEqual(['10.96.0.7']);
    expect(await resolver.resolveSrv('_http._tcp.web.default.svc.cluster.local')).toMatchObject([
      { name: 'web.default.svc.cluster.local', port: 80, priority: 0, weight: 100 },
    ]);
    await expect(resolver.resolve4('none.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve6('web.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENODATA' });
  });

  it('answers over TCP what is too long for UDP', async () => {
    expect(await resolver.resolve4('many.default.svc.cluster.local')).toHaveLength(120);
  });
});
