import { mkdir, readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import {
  EventRecorder,
  HttpWatchSource,
  Informer,
  informersOfApi,
  resourceType,
  type Informers,
  type RestClient,
} from '@shiplog/client';
import type { HealthCheck, Logger } from '@shiplog/component-base';
import { dropsToldTo } from '@shiplog/controller-runtime';
import type { Service } from '@shiplog/domain';
import type { Agent } from './agent.js';
import { startNetwork } from './network/index.js';
import type { NodeAgentConfiguration } from './node-agent.configuration.js';
import { every, pause } from './node/every.js';
import { machineCapacity, systemInfo } from './node/machine.js';
import { nodes } from './node/node-object.js';
import { RunningNode, type Machinery } from './node/running-node.js';
import { podEvents } from './pods/pod-events.js';
import type { PodHost } from './pods/pod-host.js';
import { pods } from './pods/pod.js';
import { parseResolvConf } from './pods/setup/dns-config.js';
import { machineEnvironment } from './pods/setup/machine-environment.js';
import { podPaths } from './pods/setup/pod-paths.js';
import { referencedObjects } from './pods/setup/referenced-objects.js';
import { terminationMessage } from './pods/setup/termination-message.js';
import { podProbes } from './probes/pod-probes.js';
import type { PodRuntime } from './runtime/pod-runtime.js';
import { serveNode, type ServedNode } from './server/node-server.js';
import { UsageStats } from './server/stats.js';
import { serviceAccountTokens } from './volumes/service-account-tokens.js';

type StoredService = Service & { apiVersion: string; kind: string; metadata: object };

const services = resourceType<StoredService>('', 'v1', 'Service', 'services');

/** One node of real containers: its registration and heartbeats, its pods, and the server for logs and sessions. Containers outlive it. */
export class NodeAgent implements Agent {
  private node: RunningNode | undefined;
  private served: ServedNode | undefined;

  constructor(
    private readonly configuration: NodeAgentConfiguration,
    private readonly runtime: PodRuntime,
    private readonly api: RestClient,
    private readonly log: Logger,
  ) {}

  readonly healthChecks: readonly HealthCheck[] = [
    {
      name: 'node-registered',
      check: () => {
        if (!this.node?.heartbeat.isReady) throw new Error('the node has not reported itself ready yet');
      },
    },
    { name: 'runtime', check: async (signal) => void (await this.runtime.conditions(signal)) },
  ];

  async run(signal: AbortSignal): Promise<void> {
    const { configuration, runtime, api, log } = this;
    const { nodeName, nodeIp, podCidr, rootFolder, pkiFolder } = configuration;
    await mkdir(rootFolder, { recursive: true });
    const recorder = new EventRecorder(api, signal, dropsToldTo(log));
    const onFault = (error: unknown): void => log.warn({ err: error }, 'watching the API failed');
    const ownPods = new HttpWatchSource(api, pods, { fieldSelector: `spec.nodeName=${nodeName}` }, onFault);
    const ownNode = new HttpWatchSource(api, nodes, { fieldSelector: `metadata.name=${nodeName}` }, onFault);
    const informers = informersOfApi(api, onFault);
    const serviceInformer = informers.of(services);
    const reporter = { component: 'kubelet', host: nodeName };
    const capacity = await machineCapacity(rootFolder);
    const base = { runtime, api, nodeIps: [nodeIp], events: podEvents(recorder, reporter), now: Date.now };
    const machinery = await this.machinery(base, capacity, () => serviceInformer.lister.all());
    const info = await systemInfo(await runtime.version(signal));

    const certificate = { folder: pkiFolder, name: nodeName };
    const port = await serveNode(
      { certificate, port: configuration.servingPort, log, nodeAt: () => this.served },
      signal,
    );
    const node = new RunningNode({
      ...{ runtime, machinery, api, recorder, reporter, every, log },
      facts: { name: nodeName, ip: nodeIp, podCidr, servingPort: port, capacity, info, hollow: false },
      pods: new Informer(pods, ownPods),
      node: new Informer(nodes, ownNode),
    });
    this.node = node;
    this.served = {
      runtime,
      workers: node.workers,
      stats: new UsageStats(nodeName, runtime),
      paths: podPaths(rootFolder),
    };

    // Containers learn of Services by variables, so none starts before the Services are known.
    const servicesKnown = serviceInformer.whenSynced(signal).catch(() => undefined);
    await Promise.all([
      // First: it adds what it follows to the informers, which must not run yet.
      configuration.network ? this.runNetwork(informers, signal) : undefined,
      node.run(servicesKnown, signal),
      ownPods.run(signal),
      ownNode.run(signal),
      informers.run(signal),
    ]);
    runtime.close();
    api.close();
  }

  private async machinery(
    host: Pick<PodHost, 'runtime' | 'api' | 'nodeIps' | 'events' | 'now'>,
    allocatable: Readonly<Record<string, string>>,
    knownServices: () => readonly Service[],
  ): Promise<Machinery> {
    const { rootFolder, nodeName, clusterDns, clusterDomain } = this.configuration;
    const paths = podPaths(rootFolder);
    return {
      environment: machineEnvironment({
        ...host,
        paths,
        allocatable,
        memoryBytes: totalmem(),
        cgroupRoot: `/shiplog/${nodeName}`,
        cluster: { server: clusterDns, domain: clusterDomain },
        hostDns: parseResolvConf(await readFile('/etc/resolv.conf', 'utf8').catch(() => '')),
        objects: referencedObjects(host.api, host.now),
        tokens: serviceAccountTokens(host.api, host.now),
        services: knownServices,
      }),
      probesOf: (_uid, onChange) => podProbes(host, onChange),
      terminationMessage: (pod, run) => terminationMessage(paths, pod, run),
    };
  }

  /** A node whose Services do not work still runs its pods: what fails is said, and tried again. */
  private async runNetwork(informers: Informers, signal: AbortSignal): Promise<void> {
    const { nodeName, podCidr, clusterDns, clusterDomain } = this.configuration;
    const logger = this.log;
    while (!signal.aborted) {
      const attempt = new AbortController();
      try {
        const options = { informers, nodeName, podCidr, clusterDns, clusterDomain, logger };
        await startNetwork(options, AbortSignal.any([signal, attempt.signal]));
      } catch (error) {
        if (!signal.aborted) logger.error({ err: error }, 'the network of Services failed');
        attempt.abort(error);
      }
      await pause(5_000, signal);
    }
  }
}
