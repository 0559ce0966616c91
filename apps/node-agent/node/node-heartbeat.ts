import { isDeepStrictEqual } from 'node:util';
import { subjectOf, type ApiClient, type EventRecorder } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import { hasReason, type Node, type NodeStatus } from '@shiplog/domain';
import type { PodRuntime } from '../runtime/pod-runtime.js';
import { every } from './every.js';
import { nodeConditions } from './node-conditions.js';
import { newNode, nodeLabels, staticStatus, type NodeFacts } from './node-object.js';

type StoredNode = Node & { apiVersion: string; kind: string; metadata: { name: string; uid: string } };

const checkPeriod = 10_000;
/** An unchanged status is repeated this often. */
const reportPeriod = 300_000;
const maxImages = 50;
const nodes = { group: '', version: 'v1', plural: 'nodes' };

/** Registers the node and keeps its status true: at once when it changes, every five minutes when it does not. */
export class NodeHeartbeat {
  private node: StoredNode | undefined;
  private reportedAt = 0;

  constructor(
    private readonly facts: NodeFacts,
    private readonly runtime: PodRuntime,
    private readonly api: ApiClient,
    private readonly events: EventRecorder,
    private readonly log: Logger,
  ) {}

  get current(): StoredNode | undefined {
    return this.node;
  }

  /** Whether the node has told the API that it is ready. */
  get isReady(): boolean {
    return this.node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  }

  async run(signal: AbortSignal): Promise<void> {
    await every(
      checkPeriod,
      signal,
      (error) => this.log.warn({ err: error }, 'reporting the node failed'),
      () => this.beat(signal),
    );
  }

  private async beat(signal: AbortSignal): Promise<void> {
    this.node ??= await this.register(signal);
    try {
      await this.report(await this.status(this.node));
    } catch (error) {
      // Deleted from the API while this agent runs: it registers again, as it is still there.
      if (hasReason(error, 'NotFound')) this.node = undefined;
      throw error;
    }
  }

  private async register(signal: AbortSignal): Promise<StoredNode> {
    this.reportedAt = 0;
    try {
      const created = await this.api.create<StoredNode>(nodes, newNode(this.facts), { signal });
      this.tell(created, 'Normal', 'Starting', 'Starting kubelet.');
      return created;
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) throw error;
    }
    const ref = { ...nodes, name: this.facts.name };
    const known = await this.api.patch<StoredNode>(
      ref,
      'strategic',
      { metadata: { labels: nodeLabels(this.facts) } },
      { signal },
    );
    this.tell(known, 'Normal', 'Starting', 'Starting kubelet.');
    return known;
  }

  private async status(node: StoredNode): Promise<NodeStatus> {
    let fault: string | undefined;
    const asFault = (error: unknown): never[] => {
      fault = error instanceof Error ? error.message : String(error);
      return [];
    };
    const [conditions, images] = await Promise.all([
      this.runtime.conditions().catch(asFault),
      this.runtime.images().catch(asFault),
    ]);
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    return {
      ...staticStatus(this.facts),
      conditions: nodeConditions(node.status?.conditions ?? [], conditions, fault, now),
      images: images
        .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
        .slice(0, maxImages)
        .map(({ names, digests, sizeBytes }) => ({ names: [...digests, ...names], sizeBytes })),
    };
  }

  private async report(status: NodeStatus): Promise<void> {
    const before = this.node;
    const isDue = Date.now() - this.reportedAt >= reportPeriod;
    if (!before || (!isDue && isDeepStrictEqual(substance(status), substance(ours(before.status, status))))) return;
    const ref = { ...nodes, name: this.facts.name, subresource: 'status' };
    const after = await this.api.patch<StoredNode>(ref, 'strategic', { status });
    this.node = after;
    this.reportedAt = Date.now();
    this.tellChanges(before, after);
  }

  private tellChanges(before: StoredNode, after: StoredNode): void {
    for (const { type, status } of after.status?.conditions ?? []) {
      const known = before.status?.conditions?.find((condition) => condition.type === type);
      const reason = changeReasons[type]?.[status];
      if (known?.status === status || !reason) continue;
      this.tell(after, 'Normal', reason, `Node ${this.facts.name} status is now: ${reason}`);
    }
  }

  private tell(node: StoredNode, type: 'Normal' | 'Warning', reason: string, message: string): void {
    // Upstream names nodes by their name where an event has a uid; `kubectl describe node` looks for that.
    const about = { ...subjectOf(node), uid: this.facts.name };
    this.events.record({ about, type, reason, message }, { component: 'kubelet', host: this.facts.name });
  }
}

const changeReasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { True: 'NodeReady', False: 'NodeNotReady' },
  MemoryPressure: { True: 'NodeHasInsufficientMemory', False: 'NodeHasSufficientMemory' },
  DiskPressure: { True: 'NodeHasDiskPressure', False: 'NodeHasNoDiskPressure' },
  PIDPressure: { True: 'NodeHasInsufficientPID', False: 'NodeHasSufficientPID' },
};

/** The fields and conditions of the stored status that this node reports. */
const ours = (stored: NodeStatus | undefined, reported: NodeStatus): NodeStatus => ({
  ...(Object.fromEntries(
    Object.keys(reported).map((field) => [field, (stored as Record<string, unknown> | undefined)?.[field]]),
  ) as NodeStatus),
  conditions: (stored?.conditions ?? []).filter(({ type }) => reported.conditions?.some((own) => own.type === type)),
});

/** The status without what changes with every report. */
const substance = (status: NodeStatus): unknown => ({
  ...(JSON.parse(JSON.stringify(status)) as NodeStatus),
  conditions: (status.conditions ?? []).map(({ lastHeartbeatTime, ...rest }) => rest),
});
