import type { RecordType } from '@leichtgewicht/dns-packet';
import type { EndpointSlice, Service } from '@shiplog/domain';
import { at, service, slice } from '../testing-services.js';
import { clusterAddresses } from '../service-objects.js';
import { resolveName, type ServiceDirectory } from './cluster-records.js';

const http = [{ name: 'http', protocol: 'TCP' as const, port: 80 }];
const services = [
  service('web', { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ports: http }),
  service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }),
  service('idle', { clusterIP: 'None', ports: http }),
  service('out', { type: 'ExternalName', externalName: 'example.com.' }),
];
const slices = [
  slice(
    'db',
    [at('10.201.1.2', 'node-1', { hostname: 'db-0' }), at('10.201.2.3')],
    [{ name: 'sql', protocol: 'TCP', port: 5433 }],
  ),
  slice('idle', [at('10.201.1.9', 'node-1', { conditions: { ready: false } })]),
];

const of = (name: string) => (each: EndpointSlice) => each.metadata.labels?.['kubernetes.io/service-name'] === name;
const directory: ServiceDirectory = {
  service: (namespace, name) =>
    services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  slices: (_, name) => slices.filter(of(name)),
  hasServices: (namespace) => services.some(({ metadata }) => metadata.namespace === namespace),
  serviceAt: (address) => services.find((each: Service) => clusterAddresses(each).includes(address)),
  slicesWith: (address) =>
    slices.filter(({ endpoints }) => endpoints?.some(({ addresses }) => addresses.includes(address))),
};

/** What a question leads to, in few words: the data of the answers, or what else it is. */
function words(name: string, type: RecordType): string[] | string {
  const found = resolveName(name, type, 'cluster.local', directory);
  if (found.is === 'alias') return `alias ${found.target}`;
  if (found.is !== 'records') return found.is;
  return found.answers.map((answer) => {
    const { data } = answer as { data: string | { target: string; port: number } };
    return typeof data === 'string' ? data : `${data.target}:${data.port}`;
  });
}

const cases: [string, RecordType, string[] | string][] = [
  ['web.default.svc.cluster.local', 'A', ['10.96.0.7']],
  ['WEB.Default.svc.cluster.local.', 'A', ['10.96.0.7']],
  ['web.default.svc.cluster.local', 'AAAA', []],
  ['web.other.svc.cluster.local', 'A', 'unknown'],
  ['web.default', 'A', 'elsewhere'],
  ['web.default.svc.cluster.local.default.svc.cluster.local', 'A', 'unknown'],
  ['_http._tcp.web.default.svc.cluster.local', 'SRV', ['web.default.svc.cluster.local:80']],
  ['_http._udp.web.default.svc.cluster.local', 'SRV', 'unknown'],
  ['_tcp.web.default.svc.cluster.local', 'SRV', []],
  ['db-0.web.default.svc.cluster.local', 'A', 'unknown'],
  ['db.default.svc.cluster.local', 'A', ['10.201.1.2', '10.201.2.3']],
  ['db-0.db.default.svc.cluster.local', 'A', ['10.201.1.2']],
  ['10-201-2-3.db.default.svc.cluster.local', 'A', ['10.201.2.3']],
  ['db-7.db.default.svc.cluster.local', 'A', 'unknown'],
  [
    '_sql._tcp.db.default.svc.cluster.local',
    'SRV',
    ['db-0.db.default.svc.cluster.local:5433', '10-201-2-3.db.default.svc.cluster.local:5433'],
  ],
  ['idle.default.svc.cluster.local', 'A', 'unknown'],
  ['out.default.svc.cluster.local', 'A', 'alias example.com'],
  ['default.svc.cluster.local', 'A', []],
  ['nowhere.svc.cluster.local', 'A', 'unknown'],
  ['svc.cluster.local', 'A', []],
  ['cluster.local', 'A', []],
  ['dns-version.cluster.local', 'TXT', ['1.1.0']],
  ['10-201-1-2.default.pod.cluster.local', 'A', ['10.201.1.2']],
  ['10-201-1-999.default.pod.cluster.local', 'A', 'unknown'],
  ['7.0.96.10.in-addr.arpa', 'PTR', ['web.default.svc.cluster.local']],
  ['2.1.201.10.in-addr.arpa', 'PTR', ['db-0.db.default.svc.cluster.local']],
  ['8.8.8.8.in-addr.arpa', 'PTR', 'elsewhere'],
  ['example.com', 'A', 'elsewhere'],
  ['notcluster.local', 'A', 'elsewhere'],
];

describe('resolveName', () => {
  test.each(cases)('%s %s', (name, type, expected) => expect(words(name, type)).toEqual(expected));

  it('gives the addresses of what a SRV record names along', () => {
    const found = resolveName('_sql._tcp.db.default.svc.cluster.local', 'SRV', 'cluster.local', directory);
    expect(found).toMatchObject({
      additionals: [
        { name: 'db-0.db.default.svc.cluster.local', data: '10.201.1.2' },
        { name: '10-201-2-3.db.default.svc.cluster.local', data: '10.201.2.3' },
      ],
    });
  });
});
