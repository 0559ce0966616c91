import { isDeepStrictEqual } from 'node:util';
import { subjectOf, type ApiClient, type EventReporter, type NewCoreEvent } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import { hasReason, parseRevision, type NodeStatus, type Revision } from '@shiplog/domain';
import type { Image, PodRuntime, RuntimeCondition } from '../runtime/pod-runtime.js';
import type { Every } from './every.js';
import type { Feed } from './feed.js';
import { nodeConditions } from './node-conditions.js';
import { newNode, nodeLabels, nodes, staticStatus, type NodeFacts, type StoredNode } from './node-object.js';

const checkPeriod = 10_000;
/** An unchanged status is repeated this often. */
const reportPeriod = 300_000;
const maxImages = 50;

/** What the runtime says of itself: the part of the status that can change. */
interface Findings {
  readonly conditions: readonly RuntimeCondition[];
  readonly images: readonly Image[];
  readonly fault?: string;
}

export interface HeartbeatHost {
  readonly facts: NodeFacts;
  /** The node as the API has it. */
  readonly stored: Feed<StoredNode>;
  readonly runtime: PodRuntime;
  readonly api: ApiClient;
  readonly events: { record(event: NewCoreEvent, reporter: EventReporter): void };
  /** As whom it tells its events. */
  readonly reporter: EventReporter;
  readonly log: Logger;
  readonly every: Every;
}

/**
 * Registers the node and keeps its status true: soon after it changes, or after somebody else changed it, and every five minutes if
 * neither happens.
 */
export class NodeHeartbeat {
  /** The Node as it was last seen, once this agent has registered it. */
  private node: StoredNode | undefined;
  private stored: StoredNode | undefined;
  private reportedAt = 0;
  /** What was last found to be in the API already, and of which Node. */
  private settled: { readonly findings: Findings; readonly node: StoredNode } | undefined;
  private announceRegistered: (node: StoredNode) => void = () => undefined;
  /** Resolves when the API has the node for the first time. */
  readonly registered = new Promise<StoredNode>((resolve) => (this.announceRegistered = resolve));

  constructor(private readonly host: HeartbeatHost) {}

  get current(): StoredNode | undefined {
    return this.node;
  }

  /** Whether the node has told the API that it is ready. */
  get isReady(): boolean {
    return this.node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  }

  async run(signal: AbortSignal): Promise<void> {
    const unfollow = this.host.stored.onChange(({ type, current: { object, revision } }) => {
      if (this.node && revision <= revisionOf(this.node)) return;
      // Deleted while this agent runs: it registers again, as it is still there.
      this.node = type === 'deleted' ? undefined : this.node && object;
      this.stored = type === 'deleted' ? undefined : object;
    });
    await this.host.every(
      checkPeriod,
      signal,
      (error) => this.host.log.warn({ node: this.host.facts.name, err: error }, 'reporting the node failed'),
      () => this.beat(signal),
    );
    unfollow();
  }

  private async beat(signal: AbortSignal): Promise<void> {
    this.node ??= await this.register(signal);
    this.announceRegistered(this.node);
    try {
      await this.report(await this.findings());
    } catch (error) {
      if (hasReason(error, 'NotFound')) this.node = undefined;
      throw error;
    }
  }

  private async register(signal: AbortSignal): Promise<StoredNode> {
    this.reportedAt = 0;
    this.settled = undefined;
    await this.host.stored.whenSynced(signal);
    const node = (this.stored && (await this.takeOver(this.stored, signal))) ?? (await this.create(signal));
    this.tell(node, 'Normal', 'Starting', 'Starting kubelet.');
    return node;
  }

  private async create(signal: AbortSignal): Promise<StoredNode> {
    const fresh = newNode(this.host.facts);
    const status = this.status(fresh, await this.findings());
    const created = await this.host.api.create<StoredNode>(nodes, { ...fresh, status }, { signal });
    this.reportedAt = Date.now();
    this.tellChanges(fresh, created);
    return created;
  }

  /** An agent that ran before has registered the node; the labels are this one's to say. Undefined: it is gone. */
  private async takeOver(stored: StoredNode, signal: AbortSignal): Promise<StoredNode | undefined> {
    const labels = nodeLabels(this.host.facts);
    const known = stored.metadata.labels ?? {};
    if (Object.entries(labels).every(([name, value]) => known[name] === value)) return stored;
    const ref = { ...nodes, name: this.host.facts.name };
    try {
      return await this.host.api.patch<StoredNode>(ref, 'strategic', { metadata: { labels } }, { signal });
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  private async findings(): Promise<Findings> {
    try {
      const { runtime } = this.host;
      const [conditions, images] = await Promise.all([runtime.conditions(), runtime.images()]);
      return { conditions, images };
    } catch (error) {
      return { conditions: [], images: [], fault: error instanceof Error ? error.message : String(error) };
    }
  }

  private status(node: Pick<StoredNode, 'status'>, { conditions, images, fault }: Findings): NodeStatus {
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    return {
      ...staticStatus(this.host.facts),
      conditions: nodeConditions(node.status?.conditions ?? [], conditions, fault, now),
      images: images
        .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
        .slice(0, maxImages)
        .map(({ names, digests, sizeBytes }) => ({ names: [...digests, ...names], sizeBytes })),
    };
  }

  private async report(findings: Findings): Promise<void> {
    const { node: before, settled } = this;
    const isDue = Date.now() - this.reportedAt >= reportPeriod;
    // The cheap look first: nearly always nothing has happened on either side.
    if (!before || (!isDue && settled?.node === before && isDeepStrictEqual(settled.findings, findings))) return;
    const status = this.status(before, findings);
    if (!isDue && isDeepStrictEqual(substance(status), substance(ours(before.status, status)))) {
      this.settled = { findings, node: before };
      return;
    }
    const ref = { ...nodes, name: this.host.facts.name, subresource: 'status' };
    const after = await this.host.api.patch<StoredNode>(ref, 'strategic', { status });
    this.node = after;
    this.reportedAt = Date.now();
    this.tellChanges(before, after);
  }

  private tellChanges(before: Pick<StoredNode, 'status'>, after: StoredNode): void {
    for (const { type, status } of after.status?.conditions ?? []) {
      const known = before.status?.conditions?.find((condition) => condition.type === type);
      const reason = changeReasons[type]?.[status];
      if (known?.status === status || !reason) continue;
      this.tell(after, 'Normal', reason, `Node ${this.host.facts.name} status is now: ${reason}`);
    }
  }

  private tell(node: StoredNode, type: 'Normal' | 'Warning', reason: string, message: string): void {
    // Upstream names nodes by their name where an event has a uid; `kubectl describe node` looks for that.
    const about = { ...subjectOf(node), uid: this.host.facts.name };
    this.host.events.record({ about, type, reason, message }, this.host.reporter);
  }
}

const revisionOf = ({ metadata }: StoredNode): Revision => parseRevision(metadata.resourceVersion ?? '') ?? 0n;

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
  // The API leaves out lists that are empty.
  images: status.images ?? [],
  conditions: (status.conditions ?? []).map(({ lastHeartbeatTime, ...rest }) => rest),
});
