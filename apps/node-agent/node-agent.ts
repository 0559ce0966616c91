import { mkdir } from 'node:fs/promises';
import { EventRecorder, HttpWatchSource, Informer, resourceType, type RestClient } from '@shiplog/client';
import type { HealthCheck, Logger } from '@shiplog/component-base';
import type { Node } from '@shiplog/domain';
import type { NodeAgentConfiguration } from './node-agent.configuration.js';
import { hollowCapacity, machineCapacity, systemInfo } from './node/machine.js';
import { NodeHeartbeat } from './node/node-heartbeat.js';
import { keepLease } from './node/node-lease.js';
import { refusal } from './pods/admission.js';
import { backoff } from './pods/backoff.js';
import { hollowEnvironment } from './pods/hollow-environment.js';
import type { StoredPod } from './pods/pod.js';
import { podEvents } from './pods/pod-events.js';
import type { PodHost } from './pods/pod-host.js';
import { PodWorkers } from './pods/pod-workers.js';
import { noProbes } from './probes/no-probes.js';
import type { PodRuntime } from './runtime/pod-runtime.js';

const pods = resourceType<StoredPod>('', 'v1', 'Pod', 'pods');

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

  /** Runs until aborted. @throws if the runtime cannot be reached at the start. */
  async run(signal: AbortSignal): Promise<void> {
    const { configuration, runtime, api, log } = this;
    await mkdir(configuration.rootFolder, { recursive: true });
    const recorder = new EventRecorder(api, signal, {
      onDropped: ({ reason }, error) => log.debug({ reason, error }, 'an event was dropped'),
    });
    const isHollow = configuration.runtime === 'hollow';
    const heartbeat = new NodeHeartbeat(
      {
        name: configuration.nodeName,
        ip: configuration.nodeIp,
        podCidr: configuration.podCidr,
        servingPort: configuration.servingPort,
        capacity: isHollow ? hollowCapacity : await machineCapacity(configuration.rootFolder),
        info: await systemInfo(await runtime.version(signal)),
        hollow: isHollow,
      },
      runtime,
      api,
      recorder,
      log,
    );
    this.heartbeat = heartbeat;

    const onFault = (error: unknown): void => log.warn({ error }, 'watching pods failed');
    const ownPods = new HttpWatchSource(
      api,
      pods,
      { fieldSelector: `spec.nodeName=${configuration.nodeName}` },
      onFault,
    );
    const informer = new Informer(pods, ownPods);
    const host: PodHost = {
      runtime,
      api,
      nodeIps: [configuration.nodeIp],
      environment: hollowEnvironment,
      events: podEvents(recorder, configuration.nodeName),
      restartBackoff: backoff(),
      imageBackoff: backoff(),
      log,
      now: Date.now,
      admit: (pod) => this.admit(pod, heartbeat.current, workers),
      probesOf: () => noProbes,
      terminationMessage: () => Promise.resolve(undefined),
    };
    const workers = new PodWorkers(host, informer);

    await Promise.all([
      heartbeat.run(signal),
      keepLease(configuration.nodeName, () => heartbeat.current?.metadata.uid, api, log, signal),
      ownPods.run(signal),
      workers.run(signal),
    ]);
    runtime.close();
  }

  private admit(pod: StoredPod, node: Node | undefined, workers: PodWorkers): ReturnType<typeof refusal> {
    const others = workers.active().filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
    return node && refusal(pod, node, others);
  }
}
