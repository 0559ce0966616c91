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
import type { Node, Service } from '@shiplog/domain';
import { startNetwork } from './network/index.js';
import { pause } from './node/every.js';
import type { NodeAgentConfiguration } from './node-agent.configuration.js';
import { hollowCapacity, machineCapacity, systemInfo } from './node/machine.js';
import { NodeHeartbeat } from './node/node-heartbeat.js';
import { keepLease } from './node/node-lease.js';
import { refusal } from './pods/admission.js';
import { backoff } from './pods/backoff.js';
import type { StoredPod } from './pods/pod.js';
import { podEvents } from './pods/pod-events.js';
import type { PodHost } from './pods/pod-host.js';
import { PodWorkers } from './pods/pod-workers.js';
import { parseResolvConf } from './pods/setup/dns-config.js';
import { hollowEnvironment } from './pods/setup/hollow-environment.js';
import { machineEnvironment } from './pods/setup/machine-environment.js';
import { podPaths } from './pods/setup/pod-paths.js';
import { referencedObjects } from './pods/setup/referenced-objects.js';
import { terminationMessage } from './pods/setup/termination-message.js';
import { noProbes } from './probes/no-probes.js';
import { podProbes } from './probes/pod-probes.js';
import type { PodRuntime } from './runtime/pod-runtime.js';
import { serveNode } from './server/node-server.js';
import { serviceAccountTokens } from './volumes/service-account-tokens.js';

type StoredService = Service & { apiVersion: string; kind: string; metadata: object };

const pods = resourceType<StoredPod>('', 'v1', 'Pod', 'pods');
const services = resourceType<StoredService>('', 'v1', 'Service', 'services');

/** What differs between a node of real containers and one of simulated ones. */
type Machinery = Pick<PodHost, 'environment' | 'probesOf' | 'terminationMessage'>;

/** One node: its registration and heartbeats, its pods, and the server for logs and sessions. Containers outlive it. */
export class NodeAgent {
  private heartbeat: NodeHeartbeat | undefined;

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
        if (!this.heartbeat?.isReady) throw new Error('the node has not reported itself ready yet');
      },
    },
    { name: 'runtime', check: async (signal) => void (await this.runtime.conditions(signal)) },
  ];

  /** Runs until aborted. @throws if the runtime cannot be reached or the port is taken at the start. */
  async run(signal: AbortSignal): Promise<void> {
    const { configuration, runtime, api, log } = this;
    const isHollow = configuration.runtime === 'hollow';
    await mkdir(configuration.rootFolder, { recursive: true });
    const capacity = isHollow ? hollowCapacity : await machineCapacity(configuration.rootFolder);
    const recorder = new EventRecorder(api, signal, {
      onDropped: ({ reason }, error) => log.debug({ reason, err: error }, 'an event was dropped'),
    });

    const onFault = (error: unknown): void => log.warn({ err: error }, 'watching the API failed');
    const ownPods = new HttpWatchSource(
      api,
      pods,
      { fieldSelector: `spec.nodeName=${configuration.nodeName}` },
      onFault,
    );
    const podInformer = new Informer(pods, ownPods);
    const informers = informersOfApi(api, onFault);
    const serviceInformer = informers.of(services);
    const events = podEvents(recorder, configuration.nodeName);
    const base = { runtime, api, nodeIps: [configuration.nodeIp], events, log, now: Date.now };
    const host: PodHost = {
      ...base,
      ...(isHollow ? hollowMachinery : await this.realMachinery(base, capacity, () => serviceInformer.lister.all())),
      restartBackoff: backoff(),
      imageBackoff: backoff(),
      admit: (pod) => this.admit(pod, workers),
    };
    const workers = new PodWorkers(host, podInformer);
    const port = await serveNode(
      { configuration, runtime, workers, paths: podPaths(configuration.rootFolder), log },
      signal,
    );

    this.heartbeat = new NodeHeartbeat(
      {
        name: configuration.nodeName,
        ip: configuration.nodeIp,
        podCidr: configuration.podCidr,
        servingPort: port,
        capacity,
        info: await systemInfo(await runtime.version(signal)),
        hollow: isHollow,
      },
      runtime,
      api,
      recorder,
      log,
    );
    const tasks = [
      this.heartbeat.run(signal),
      keepLease(configuration.nodeName, () => this.heartbeat?.current?.metadata.uid, api, log, signal),
      ownPods.run(signal),
    ];
    if (isHollow) tasks.push(workers.run(signal));
    else {
      if (configuration.network) tasks.push(this.runNetwork(informers, signal));
      // Containers learn of Services by variables, so none starts before the Services are known.
      const known = serviceInformer.whenSynced(signal).catch(() => undefined);
      tasks.push(
        informers.run(signal),
        known.then(() => workers.run(signal)),
      );
    }
    await Promise.all(tasks);
    runtime.close();
  }

  private async realMachinery(
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

  private admit(pod: StoredPod, workers: PodWorkers): ReturnType<typeof refusal> {
    const node: Node | undefined = this.heartbeat?.current;
    const others = workers.active().filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
    return node && refusal(pod, node, others);
  }
}

const hollowMachinery: Machinery = {
  environment: hollowEnvironment,
  probesOf: () => noProbes,
  terminationMessage: () => Promise.resolve(undefined),
};
