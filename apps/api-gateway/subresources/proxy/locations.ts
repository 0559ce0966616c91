import {
  badRequest,
  notFound,
  unavailable,
  type EndpointAddress,
  type Endpoints,
  type ObjectReader,
  type Pod,
  type Service,
} from '@shiplog/domain';
import ipaddr from 'ipaddr.js';

/** What a proxy path names: `name`, `name:port` or `scheme:name:port`. */
export interface ProxyName {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  readonly port: string;
}

/** Undefined if it is none. Pure. */
export function parseProxyName(text: string): ProxyName | undefined {
  const parts = text.split(':');
  const [scheme, name, port] = parts.length === 3 ? parts : ['', parts[0], parts[1] ?? ''];
  if (parts.length > 3 || !name || (scheme !== '' && scheme !== 'http' && scheme !== 'https')) return undefined;
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port: port ?? '' };
}

/** Neither loopback, link-local nor multicast: a proxy must not reach what only this machine can. */
export function isProxyable(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return !['loopback', 'linkLocal', 'multicast', 'unspecified', 'broadcast'].includes(ipaddr.process(address).range());
}

const at = (scheme: string, ip: string, port: string): URL =>
  new URL(`${scheme}://${ip.includes(':') ? `[${ip}]` : ip}${port === '' ? '' : `:${port}`}`);

/** The pod's address, at its first port if none is named. @throws NotFound, BadRequest */
export function podLocation(read: ObjectReader, namespace: string, id: string): URL {
  const wanted = parseProxyName(id);
  if (!wanted) throw badRequest(`invalid pod request ${JSON.stringify(id)}`);
  const pod = read.get<Pod>({ group: '', plural: 'pods', namespace, name: wanted.name });
  if (pod === undefined) throw notFound({ group: '', plural: 'pods' }, wanted.name);
  const ip = pod.status?.podIP ?? pod.status?.podIPs?.[0]?.ip ?? '';
  if (!isProxyable(ip)) throw badRequest('address not allowed');
  const first = pod.spec.containers?.flatMap(({ ports }) => ports ?? [])[0]?.containerPort;
  return at(wanted.scheme, ip, wanted.port || String(first ?? ''));
}

/** One of the Service's ready pods. `random` in [0, 1). @throws NotFound, BadRequest, ServiceUnavailable */
export function serviceLocation(read: ObjectReader, namespace: string, id: string, random: () => number): URL {
  const wanted = parseProxyName(id);
  if (!wanted) throw badRequest(`invalid service request ${JSON.stringify(id)}`);
  const { name } = wanted;
  const portName = servicePortName(read, namespace, wanted);
  const endpoints = read.get<Endpoints>({ group: '', plural: 'endpoints', namespace, name });
  if (endpoints === undefined) throw notFound({ group: '', plural: 'services' }, name);
  if (!endpoints.subsets?.length) throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  const candidates = endpoints.subsets.flatMap(({ addresses = [], ports = [] }) => {
    const port = ports.find((one) => (one.name ?? '') === portName)?.port;
    return port === undefined
      ? []
      : addresses.filter((one) => isPod(one, read, namespace)).map(({ ip }) => ({ ip, port }));
  });
  const chosen = candidates[Math.floor(random() * candidates.length)];
  if (chosen === undefined) throw unavailable(`no endpoints available for service ${JSON.stringify(id)}`);
  return at(wanted.scheme, chosen.ip, String(chosen.port));
}

/** Ports of endpoints go by name; a number stands for the name of the Service's port of that number. */
function servicePortName(read: ObjectReader, namespace: string, { name, port }: ProxyName): string {
  if (!/^[0-9]+$/.test(port)) return port;
  const service = read.get<Service>({ group: '', plural: 'services', namespace, name });
  if (service === undefined) throw notFound({ group: '', plural: 'services' }, name);
  const found = service.spec.ports?.find((one) => String(one.port) === port);
  if (found === undefined) throw unavailable(`no service port ${port} found for service ${JSON.stringify(name)}`);
  return found.name ?? '';
}

/** Endpoints can be written by users; only those that are a pod's real address are reached. */
function isPod({ ip, targetRef }: EndpointAddress, read: ObjectReader, namespace: string): boolean {
  if (targetRef?.namespace !== namespace || !targetRef.name) return false;
  const pod = read.get<Pod>({ group: '', plural: 'pods', namespace, name: targetRef.name });
  return pod?.status?.podIP === ip || (pod?.status?.podIPs?.some((one) => one.ip === ip) ?? false);
}
