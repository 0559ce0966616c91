import type { ApiClient, EventRecorder, EventReporter } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import { refusal } from '../pods/admission.js';
import { backoff } from '../pods/backoff.js';
import { podEvents } from '../pods/pod-events.js';
import type { PodHost } from '../pods/pod-host.js';
import { PodWorkers } from '../pods/pod-workers.js';
import type { StoredPod } from '../pods/pod.js';
import type { PodRuntime } from '../runtime/pod-runtime.js';
import type { Every } from './every.js';
import type { Feed } from './feed.js';
import { NodeHeartbeat } from './node-heartbeat.js';
import { keepLease } from './node-lease.js';
import type { NodeFacts, StoredNode } from './node-object.js';

/** What differs between nodes of real containers and of simulated ones. */
export type Machinery = Pick<PodHost, 'environment' | 'probesOf' | 'terminationMessage'>;

export interface NodeParts {
  readonly facts: NodeFacts;
  readonly runtime: PodRuntime;
  readonly machinery: Machinery;
  /** The API, as this node. */
  readonly api: ApiClient;
  /** The same for signs of life, which must not wait behind what pods have to say; undefined: there is no crowd to wait in. */
  readonly heartbeatApi?: ApiClient;
  readonly recorder: EventRecorder;
  readonly reporter: EventReporter;
  readonly every: Every;
  /** The pods bound to this node, and its Node. */
  readonly pods: Feed<StoredPod>;
  readonly node: Feed<StoredNode>;
  readonly log: Logger;
}

/** What every node is, whatever runs its containers: registered, alive by its heartbeats, and at work on its pods. */
export class RunningNode {
  readonly heartbeat: NodeHeartbeat;
  readonly workers: PodWorkers;

  constructor(private readonly parts: NodeParts) {
    const { runtime, machinery, api, facts, recorder, reporter, every, log } = parts;
    this.heartbeat = new NodeHeartbeat({
      ...{ facts, stored: parts.node, runtime, api: parts.heartbeatApi ?? api, events: recorder, reporter, every, log },
    });
    const host: PodHost = {
      ...{ runtime, api, log, ...machinery },
      nodeIps: [facts.ip],
      events: podEvents(recorder, reporter),
      restartBackoff: backoff(),
      imageBackoff: backoff(),
      now: Date.now,
      admit: (pod) => this.refusal(pod),
    };
    this.workers = new PodWorkers(host, parts.pods, every);
  }

  /** Runs until aborted. Pods are worked on once `ready` has resolved. */
  async run(ready: Promise<void>, signal: AbortSignal): Promise<void> {
    await Promise.all([this.heartbeat.run(signal), this.keepLease(signal), ready.then(() => this.workers.run(signal))]);
  }

  private async keepLease(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<undefined>((resolve) =>
      signal.addEventListener('abort', () => resolve(undefined), { once: true }),
    );
    const node = await Promise.race([this.heartbeat.registered, aborted]);
    if (!node) return;
    const { facts, api, heartbeatApi = api, log, every } = this.parts;
    await keepLease({ nodeName: facts.name, nodeUid: node.metadata.uid, api: heartbeatApi, log, every }, signal);
  }

  private refusal(pod: StoredPod): ReturnType<typeof refusal> {
    const node = this.heartbeat.current;
    const others = this.workers.active().filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
    return node && refusal(pod, node, others);
  }
}
