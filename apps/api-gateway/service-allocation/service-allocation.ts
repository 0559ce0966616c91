import {
  copyJson,
  FieldPath,
  internalError,
  invalid,
  invalidObject,
  type FieldError,
  type KubeObject,
  type Service,
  type ServiceSpec,
} from '@shiplog/domain';
import type { ObjectChange, ObjectFeed } from '../authorization/object-feed.js';
import { AddressRange } from './address-range.js';
import { fillFamilies } from './ip-families.js';
import { PortRange } from './port-range.js';
import { Reservations } from './reservations.js';

export interface AllocationSettings {
  readonly serviceCidr: string;
  readonly nodePortRange: string;
  readonly random: () => number;
  readonly now: () => number;
}

/** A value that a Service wants, why nobody could have it if so, and what to say if it cannot have it. */
export interface Wanted {
  readonly value: string;
  readonly outOfRange: (dryRun: boolean) => string | undefined;
  readonly taken: string;
  readonly refused: (why: string) => Error;
}

const at = FieldPath.of('spec');
export const ownerOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
const addressKey = (ip: string): string => `ip/${ip}`;
const portKey = (port: number): string => `port/${port}`;
const isHeadless = ({ clusterIPs, clusterIP }: ServiceSpec): boolean => (clusterIPs?.[0] ?? clusterIP) === 'None';
const hasAddress = (spec: ServiceSpec): boolean => spec.type !== 'ExternalName' && !isHeadless(spec);
const opensNodePorts = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
const needsHealthCheck = ({ type, externalTrafficPolicy }: ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

const portTaken = 'provided port is already allocated';

const refusal = ({ metadata }: Service, error: FieldError): Error =>
  invalidObject({ group: '', kind: 'Service' }, metadata.name ?? '', [error]);

/** Gives Services their cluster addresses and node ports, each to one only. What is given is known from the Services themselves. */
export class ServiceAllocation {
  private readonly addresses: AddressRange;
  private readonly ports: PortRange;
  private readonly reservations: Reservations;

  constructor(private readonly settings: AllocationSettings) {
    this.addresses = new AddressRange(settings.serviceCidr);
    this.ports = new PortRange(settings.nodePortRange);
    this.reservations = new Reservations(settings.now);
  }

  follow(feed: ObjectFeed): this {
    feed.follow({ group: '', plural: 'services' }, (change) => this.apply(change));
    return this;
  }

  apply({ type, object }: ObjectChange): void {
    const values = type === 'deleted' ? [] : heldValues((object as Service).spec);
    this.reservations.settle(ownerOf(object), values);
  }

  /** The Service with all filled in that it leaves to the server. A copy. @throws Invalid if it asks for what is not to be had */
  fill(service: Service, old: ServiceSpec | undefined): Service {
    const spec = copyJson(service.spec);
    const filled = { ...service, spec };
    const errors = fillFamilies(spec, old, [this.addresses.family]);
    if (errors.length > 0) throw invalidObject({ group: '', kind: 'Service' }, service.metadata.name ?? '', errors);
    if (hasAddress(spec)) this.fillAddresses(filled);
    if (old === undefined) confirmNodePortsDiffer(filled);
    this.fillPorts(filled);
    return filled;
  }

  /** What a Service asks for that `old` did not have already, to be claimed for it. */
  wanted(service: Service, old: ServiceSpec | undefined): Wanted[] {
    const had = new Set(old ? heldValues(old) : []);
    const { spec } = service;
    return [
      ...(hasAddress(spec) ? (spec.clusterIPs ?? []) : []).map((ip) => this.wantedAddress(service, ip)),
      ...(spec.ports ?? []).flatMap(({ nodePort }, i) =>
        nodePort ? [this.wantedPort(nodePort, (why) => refusedNodePort(service, i, nodePort, why))] : [],
      ),
      ...(spec.healthCheckNodePort ? [this.wantedPort(spec.healthCheckNodePort, refusedHealthPort(spec))] : []),
    ].filter(({ value }) => !had.has(value));
  }

  otherHolder(value: string, owner: string): string | undefined {
    return this.reservations.otherHolder(value, owner);
  }

  claim(value: string, owner: string): void {
    this.reservations.reserve(value, owner, 'firm');
  }

  private fillAddresses(service: Service): void {
    const { spec } = service;
    const given = spec.clusterIPs ?? [];
    spec.clusterIPs = (spec.ipFamilies ?? []).map((_, i) => given[i] || this.pickAddress(service));
    spec.clusterIP = spec.clusterIPs[0];
  }

  private wantedAddress(service: Service, ip: string): Wanted {
    const { clusterIPs } = service.spec;
    const otherNetwork = 'the provided network does not match the current range';
    const range = `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${this.settings.serviceCidr}`;
    return {
      value: addressKey(ip),
      outOfRange: (dryRun) => (this.addresses.includes(ip) ? undefined : dryRun ? range : otherNetwork),
      taken: 'provided IP is already allocated',
      refused: (why) =>
        refusal(service, invalid(at.child('clusterIPs'), clusterIPs, `failed to allocate IP ${ip}: ${why}`)),
    };
  }

  private wantedPort(port: number, refused: Wanted['refused']): Wanted {
    const range = `provided port is not in the valid range. The range of valid ports is ${this.ports.text}`;
    return {
      value: portKey(port),
      outOfRange: (dryRun) => (dryRun || this.ports.includes(port) ? undefined : range),
      taken: portTaken,
      refused,
    };
  }

  private pickAddress(service: Service): string {
    const { random } = this.settings;
    const ip = this.addresses.pick(random, (one) => this.reservations.isFree(addressKey(one)));
    if (ip === undefined) throw internalError('failed to allocate a serviceIP: range is full');
    this.reservations.reserve(addressKey(ip), ownerOf(service), 'pick');
    return ip;
  }

  private fillPorts(service: Service): void {
    const { spec } = service;
    const ports = spec.ports ?? [];
    for (const port of ports) {
      if (!port.nodePort && opensNodePorts(spec))
        port.nodePort =
          ports.find((other) => other.port === port.port && other.nodePort)?.nodePort || this.pickPort(service);
    }
    if (needsHealthCheck(spec)) spec.healthCheckNodePort ||= this.pickPort(service);
  }

  private pickPort(service: Service): number {
    const port = this.ports.pick(this.settings.random, (one) => this.reservations.isFree(portKey(one)));
    if (port === undefined) throw internalError('failed to allocate a nodePort: range is full');
    this.reservations.reserve(portKey(port), ownerOf(service), 'pick');
    return port;
  }
}

/** All that a stored Service holds. */
const heldValues = (spec: ServiceSpec): string[] => [
  ...new Set([
    ...(hasAddress(spec) ? (spec.clusterIPs ?? []).map(addressKey) : []),
    ...(spec.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [portKey(nodePort)] : [])),
    ...(spec.healthCheckNodePort ? [portKey(spec.healthCheckNodePort)] : []),
  ]),
];

/** A new Service cannot have one node port for two of its ports, but for one port in two protocols. */
function confirmNodePortsDiffer(service: Service): void {
  const ports = service.spec.ports ?? [];
  ports.forEach(({ port, nodePort }, i) => {
    if (nodePort && ports.slice(0, i).some((other) => other.nodePort === nodePort && other.port !== port))
      throw refusedNodePort(service, i, nodePort, portTaken);
  });
}

const refusedNodePort = (service: Service, index: number, port: number, why: string): Error =>
  refusal(service, invalid(at.child('ports').index(index).child('nodePort'), port, why));

const refusedHealthPort =
  ({ healthCheckNodePort }: ServiceSpec) =>
  (why: string): Error =>
    internalError(`failed to allocate requested HealthCheck NodePort ${healthCheckNodePort}: ${why}`);
