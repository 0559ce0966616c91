import type { ApiClient, EventRecorder } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import { everyInPhase } from '../node/every.js';
import type { Feed } from '../node/feed.js';
import type { NodeFacts, StoredNode } from '../node/node-object.js';
import { RunningNode, type Machinery } from '../node/running-node.js';
import type { Timetable } from '../node/timetable.js';
import type { StoredPod } from '../pods/pod.js';
import { hollowEnvironment } from '../pods/setup/hollow-environment.js';
import { noProbes } from '../probes/no-probes.js';
import { HollowRuntime } from '../runtime/hollow/hollow-runtime.js';
import type { ServedNode } from '../server/node-server.js';
import { UsageStats } from '../server/stats.js';
import { userOfNode } from './as-node.js';

const startMilliseconds = 50;

/** What the hollow nodes of a process share, and what differs between them. */
export interface HollowNodeParts {
  readonly facts: NodeFacts;
  /** Where in each period this node does what all do, from 0 up to 1. */
  readonly phase: number;
  readonly api: ApiClient;
  readonly heartbeatApi?: ApiClient;
  readonly recorder: EventRecorder;
  readonly pods: Feed<StoredPod>;
  readonly node: Feed<StoredNode>;
  readonly timetable: Timetable;
  readonly log: Logger;
}

interface Life {
  readonly node: RunningNode;
  readonly runtime: HollowRuntime;
  readonly served: ServedNode;
  readonly power: AbortController;
}

/** A simulated machine that can be switched on and off. Off, it says nothing to anybody, and what ran on it is lost. */
export class HollowNode {
  private life: Life | undefined;

  constructor(private readonly parts: HollowNodeParts) {}

  get name(): string {
    return this.parts.facts.name;
  }

  get isOn(): boolean {
    return this.life !== undefined;
  }

  get isReady(): boolean {
    return this.life?.node.heartbeat.isReady ?? false;
  }

  get served(): ServedNode | undefined {
    return this.life?.served;
  }

  /** Resolves when the API has the node, or when it was switched off before that. Already on: does nothing. */
  async switchOn(): Promise<void> {
    if (this.life) return;
    const { facts, timetable, phase, log } = this.parts;
    const runtime = new HollowRuntime({ podCidr: facts.podCidr, startMilliseconds, timetable });
    const node = new RunningNode({
      ...this.parts,
      ...{ runtime, machinery },
      reporter: { component: 'kubelet', host: facts.name, actAs: userOfNode(facts.name) },
      every: everyInPhase(timetable, phase),
    });
    const served = { runtime, workers: node.workers, stats: new UsageStats(facts.name, runtime) };
    const power = new AbortController();
    this.life = { node, runtime, served, power };
    const running = node.run(Promise.resolve(), power.signal);
    running.catch((error: unknown) => log.error({ node: facts.name, err: error }, 'a hollow node failed'));
    await Promise.race([node.heartbeat.registered, running]);
  }

  switchOff(): void {
    this.life?.power.abort(new Error(`${this.name} was switched off`));
    this.life?.runtime.close();
    this.life = undefined;
  }
}

const machinery: Machinery = {
  environment: hollowEnvironment,
  probesOf: () => noProbes,
  terminationMessage: () => Promise.resolve(undefined),
};
