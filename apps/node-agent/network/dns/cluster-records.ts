import type { EndpointSlice, Service } from '@shiplog/domain';
import type { Answer, RecordType } from '@leichtgewicht/dns-packet';
import { clusterAddresses, isHeadless } from '../service-objects.js';

/** What names are answered from. */
export interface ServiceDirectory {
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, name: string): readonly EndpointSlice[];
  hasServices(namespace: string): boolean;
  /** The Service that has this cluster address. */
  serviceAt(address: string): Service | undefined;
  /** The slices in which this address is an endpoint. */
  slicesWith(address: string): readonly EndpointSlice[];
}

/** records: the answer ([]: the name is there, but has nothing of this type); alias: look there; unknown: no such name; elsewhere: not ours. */
export type Resolution =
  | { readonly is: 'records'; readonly answers: readonly Answer[]; readonly additionals: readonly Answer[] }
  | { readonly is: 'alias'; readonly answer: Answer; readonly target: string }
  | { readonly is: 'unknown' }
  | { readonly is: 'elsewhere' };

/** Seconds for which clients may remember an answer: Services change. */
export const timeToLive = 5;

const unknown: Resolution = { is: 'unknown' };
const records = (answers: readonly Answer[], additionals: readonly Answer[] = []): Resolution => ({
  is: 'records',
  answers,
  additionals,
});
/** The name is there, or names below it are; there is nothing of the type asked for. */
const nothing = records([]);

/** Answers one question by the Kubernetes DNS specification 1.1. Names in any case. Pure. */
export function resolveName(name: string, type: RecordType, zone: string, directory: ServiceDirectory): Resolution {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  const address = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(wanted)?.slice(1).toReversed().join('.');
  if (address !== undefined) return resolveAddress(name, address, type, zone, directory);
  if (wanted !== zone && !wanted.endsWith(`.${zone}`)) return { is: 'elsewhere' };
  const labels = wanted === zone ? [] : wanted.slice(0, -zone.length - 1).split('.');
  const [last] = labels.splice(-1);
  if (last === undefined) return nothing;
  if (last === 'svc') return resolveService(name, labels, type, zone, directory);
  if (last === 'pod') return resolvePod(name, labels, type);
  if (last === 'dns-version' && labels.length === 0)
    return type === 'TXT' ? records([{ type: 'TXT', name, ttl: timeToLive, data: '1.1.0' }]) : nothing;
  return unknown;
}

/** `labels` are what stands before `.svc.<zone>`. */
function resolveService(
  asked: string,
  labels: string[],
  type: RecordType,
  zone: string,
  directory: ServiceDirectory,
): Resolution {
  const [namespace, name, ...below] = labels.toReversed();
  if (namespace === undefined) return nothing;
  if (name === undefined) return directory.hasServices(namespace) ? nothing : unknown;
  const service = directory.service(namespace, name);
  if (!service) return unknown;
  const place: Place = {
    asked,
    domain: `${name}.${namespace}.svc.${zone}`,
    service,
    slices: directory.slices(namespace, name),
  };
  if (service.spec?.type === 'ExternalName') return below.length === 0 ? alias(asked, service) : unknown;
  if (below[0]?.startsWith('_')) return resolvePort(place, below, type);
  return below.length === 0
    ? resolveWhole(place, type)
    : below.length === 1
      ? resolveHost(place, below[0] ?? '', type)
      : unknown;
}

interface Place {
  readonly asked: string;
  /** The Service's own name, fully qualified. */
  readonly domain: string;
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
}

function alias(asked: string, { spec }: Service): Resolution {
  const target = (spec?.externalName ?? '').replace(/\.$/, '');
  if (target === '') return unknown;
  return { is: 'alias', target, answer: { type: 'CNAME', name: asked, ttl: timeToLive, data: target } };
}

function resolveWhole(place: Place, type: RecordType): Resolution {
  const { asked, service, slices } = place;
  if (isHeadless(service) && hostsOf(slices).length === 0) return unknown;
  if (type === 'SRV') return portRecords(place, () => true);
  if (type !== 'A') return nothing;
  const addresses = isHeadless(service)
    ? [...new Set(hostsOf(slices).map(({ address }) => address))]
    : clusterAddresses(service);
  return records(addresses.map((data) => addressRecord(asked, data)));
}

function resolveHost({ asked, service, slices }: Place, host: string, type: RecordType): Resolution {
  const found = isHeadless(service) ? hostsOf(slices).filter((each) => each.host === host) : [];
  if (found.length === 0) return unknown;
  if (type !== 'A') return nothing;
  return records([...new Set(found.map(({ address }) => address))].map((data) => addressRecord(asked, data)));
}

/** `_port._protocol.service`; `_protocol.service` alone is only there because of what lies below it. */
function resolvePort(place: Place, [protocol = '', port, ...more]: string[], type: RecordType): Resolution {
  const matches = (each: { name?: string; protocol?: string }): boolean =>
    `_${(each.protocol ?? 'TCP').toLowerCase()}` === protocol && (port === undefined || `_${each.name ?? ''}` === port);
  const exists = place.service.spec?.ports?.some(matches) === true;
  if (!exists || more.length > 0) return unknown;
  return type === 'SRV' && port !== undefined ? portRecords(place, matches) : nothing;
}

/** SRV records of the ports that match, with the addresses of their targets along. */
function portRecords(
  { asked, domain, service, slices }: Place,
  matches: (port: { name?: string; protocol?: string }) => boolean,
): Resolution {
  const targets = isHeadless(service)
    ? hostsOf(slices).flatMap(({ host, address, ports }) =>
        ports.filter(matches).map(({ port }) => ({ target: `${host}.${domain}`, address, port })),
      )
    : clusterAddresses(service).flatMap((address) =>
        (service.spec?.ports ?? []).filter(matches).map(({ port }) => ({ target: domain, address, port })),
      );
  const unique = new Map(targets.map((target) => [`${target.target} ${target.port}`, target]));
  const addresses = new Map(
    targets.map(({ target, address }) => [`${target} ${address}`, addressRecord(target, address)]),
  );
  return records(
    [...unique.values()].map(({ target, port }) => ({
      ...{ type: 'SRV' as const, name: asked, ttl: timeToLive },
      data: { priority: 0, weight: Math.floor(100 / unique.size), port, target },
    })),
    [...addresses.values()],
  );
}

/** `10-201-1-2.namespace.pod.zone` is the address that it spells. */
function resolvePod(asked: string, labels: string[], type: RecordType): Resolution {
  const [namespace, dashed, ...below] = labels.toReversed();
  if (dashed === undefined || namespace === undefined) return nothing;
  const numbers = /^(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})$/.exec(dashed)?.slice(1);
  if (below.length > 0 || !numbers || numbers.some((number) => Number(number) > 255)) return unknown;
  return type === 'A' ? records([addressRecord(asked, numbers.join('.'))]) : nothing;
}

function resolveAddress(
  asked: string,
  address: string,
  type: RecordType,
  zone: string,
  directory: ServiceDirectory,
): Resolution {
  const service = directory.serviceAt(address);
  const names = service
    ? [domainOf(service.metadata.name ?? '', service.metadata.namespace, zone)]
    : directory.slicesWith(address).flatMap((slice) => hostNamesAt(slice, address, zone, directory));
  if (names.length === 0) return { is: 'elsewhere' };
  return type === 'PTR' ? records(names.map((data) => ({ type: 'PTR', name: asked, ttl: timeToLive, data }))) : nothing;
}

const domainOf = (service: string, namespace: string | undefined, zone: string): string =>
  `${service}.${namespace ?? ''}.svc.${zone}`;

/** The names of an endpoint below its headless Service. */
function hostNamesAt(slice: EndpointSlice, address: string, zone: string, directory: ServiceDirectory): string[] {
  const { namespace = '', labels } = slice.metadata;
  const name = labels?.['kubernetes.io/service-name'];
  const service = name === undefined ? undefined : directory.service(namespace, name);
  if (name === undefined || !service || !isHeadless(service)) return [];
  return hostsOf([slice])
    .filter((host) => host.address === address)
    .map(({ host }) => `${host}.${domainOf(name, namespace, zone)}`);
}

interface Host {
  /** The label below the Service's name: the pod's hostname, else its address with dashes. */
  readonly host: string;
  readonly address: string;
  readonly ports: readonly { readonly name?: string; readonly protocol?: string; readonly port: number }[];
}

const hostsOf = (slices: readonly EndpointSlice[]): Host[] =>
  slices
    .filter(({ addressType }) => addressType === 'IPv4')
    .flatMap(({ endpoints = [], ports = [] }) =>
      endpoints
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses = [], hostname }) =>
          addresses.map((address) => ({
            host: hostname || address.replaceAll('.', '-'),
            address,
            ports: ports.flatMap((port) => (port.port === undefined ? [] : [{ ...port, port: port.port }])),
          })),
        ),
    );

const addressRecord = (name: string, data: string): Answer => ({ type: 'A', name, ttl: timeToLive, data });
