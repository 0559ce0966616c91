import { EventRecorder, HttpWatchSource, Informer, type RestClient } from '@shiplog/client';
import type { HealthCheck, Logger } from '@shiplog/component-base';
import { dropsToldTo } from '@shiplog/controller-runtime';
import type { Agent } from '../agent.js';
import type { NodeAgentConfiguration } from '../node-agent.configuration.js';
import { SharedFeed } from '../node/feed.js';
import { hollowCapacity, systemInfo } from '../node/machine.js';
import { nodes as nodeType } from '../node/node-object.js';
import { Timetable } from '../node/timetable.js';
import { pods as podType } from '../pods/pod.js';
import { HttpFailure } from '../server/http-failure.js';
import { serveNode } from '../server/node-server.js';
import { asNode, asNodes } from './as-node.js';
import { HollowNode } from './hollow-node.js';
import { addressAfter, nodeNames, rangeAfter } from './node-range.js';

/** How many nodes register at a time. */
const startingAtOnce = 32;

/** A period has so many moments at which nodes say that they live: enough for an even load, few enough to write those of one moment together. */
const heartbeatSlots = 100;

/**
 * Many simulated nodes in one process. They share what one process needs once: the connections to the API, a watch of all bound pods
 * and one of all nodes, the server (the address that is called says which node is meant), and a timetable over which their
 * heartbeats are spread.
 */
export class HollowNodes implements Agent {
  private readonly nodes = new Map<string, HollowNode>();

  constructor(
    private readonly configuration: NodeAgentConfiguration,
    private readonly api: RestClient,
    /** The same API over connections of its own. */
    private readonly heartbeats: RestClient,
    private readonly log: Logger,
  ) {}

  readonly healthChecks: readonly HealthCheck[] = [
    {
      name: 'nodes-registered',
      check: () => {
        const on = [...this.nodes.values()].filter(({ isOn }) => isOn);
        const ready = on.filter(({ isReady }) => isReady).length;
        const expected = this.isStarted ? on.length : this.names.length;
        if (ready < expected) throw new Error(`${ready} of ${expected} nodes have reported themselves ready`);
      },
    },
  ];
  private isStarted = false;

  private get names(): string[] {
    return nodeNames(this.configuration.hollowNodes || this.configuration.nodeName);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { api, log, names } = this;
    const { nodeName, nodeIp, podCidr, pkiFolder, servingPort } = this.configuration;
    const onFault = (error: unknown): void => log.warn({ err: error }, 'watching the API failed');
    const podSource = new HttpWatchSource(api, podType, { fieldSelector: 'spec.nodeName!=' }, onFault);
    const nodeSource = new HttpWatchSource(api, nodeType, {}, onFault);
    const pods = new SharedFeed(new Informer(podType, podSource), ({ spec }) => spec.nodeName ?? '');
    const ownNodes = new SharedFeed(new Informer(nodeType, nodeSource), ({ metadata }) => metadata.name);
    const recorder = new EventRecorder(asNodes(api), signal, dropsToldTo(log));
    const byAddress = new Map<string, HollowNode>();
    const port = await serveNode(
      {
        certificate: { folder: pkiFolder, name: nodeName },
        port: servingPort,
        log,
        nodeAt: (address) => byAddress.get(address)?.served,
        commands: {
          '/hollow-nodes/stop': (parameters) => this.stop(this.named(parameters)),
          '/hollow-nodes/start': (parameters) => this.start(this.named(parameters), signal),
        },
      },
      signal,
    );
    const info = await systemInfo('hollow://1.0.0');
    const timetable = new Timetable();
    const facts = { servingPort: port, capacity: hollowCapacity, info, hollow: true };
    for (const [i, name] of names.entries()) {
      const ip = addressAfter(nodeIp, i);
      const node = new HollowNode({
        ...{
          recorder,
          timetable,
          log,
          phase: Math.floor((i / names.length) * heartbeatSlots) / heartbeatSlots,
          api: asNode(api, name),
          heartbeatApi: asNode(this.heartbeats, name),
        },
        facts: { ...facts, name, ip, podCidr: rangeAfter(podCidr, i) },
        ...{ pods: pods.of(name), node: ownNodes.of(name) },
      });
      this.nodes.set(name, node);
      byAddress.set(ip, node);
    }
    const following = Promise.all([podSource.run(signal), nodeSource.run(signal)]);
    signal.addEventListener('abort', () => this.nodes.forEach((node) => node.switchOff()), { once: true });
    await this.start([...this.nodes.values()], signal);
    this.isStarted = true;
    await following;
    timetable.close();
    this.heartbeats.close();
    api.close();
  }

  private async start(nodes: readonly HollowNode[], signal: AbortSignal): Promise<string> {
    const waiting = nodes.values();
    const startInTurn = async (): Promise<void> => {
      for (const node of waiting) if (!signal.aborted) await node.switchOn();
    };
    await Promise.all(Array.from({ length: startingAtOnce }, startInTurn));
    this.log.info({ nodes: nodes.length }, 'nodes are on');
    return JSON.stringify({ nodes: nodes.length });
  }

  private stop(nodes: readonly HollowNode[]): Promise<string> {
    for (const node of nodes) node.switchOff();
    this.log.info({ nodes: nodes.length }, 'nodes are off');
    return Promise.resolve(JSON.stringify({ nodes: nodes.length }));
  }

  /** Those of the named nodes that are here. @throws HttpFailure if the names cannot be read */
  private named(parameters: URLSearchParams): HollowNode[] {
    try {
      return nodeNames(parameters.get('nodes') ?? '').flatMap((name) => this.nodes.get(name) ?? []);
    } catch (error) {
      throw new HttpFailure(400, error instanceof Error ? error.message : String(error));
    }
  }
}
