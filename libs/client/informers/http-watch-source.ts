import { hasReason, parseRevision, type KubeObject, type Revision } from '@shiplog/domain';
import type { Cause, KubeList, ListOptions, ResourceRef } from '../api-client.js';
import type { WatchEvent, WatchOptions } from '../rest/watch-event.js';
import { Backoff } from './backoff.js';
import type { ObjectSink, ObjectSource, Recorded } from './object-source.js';
import type { ResourceType } from './resource-type.js';

/** The part of RestClient that a watch source needs. */
export interface ListWatchClient {
  list<T extends KubeObject>(ref: ResourceRef, options?: ListOptions, signal?: AbortSignal): Promise<KubeList<T>>;
  watch<T extends KubeObject>(
    ref: ResourceRef,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
}

/** Which objects of the kind: those of one namespace, or those that the selectors take. */
export interface ObjectFilter {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

const pageSize = 500;

/** Lists, then watches from there, and goes on where it was after every loss of connection; lists again when told 410. */
export class HttpWatchSource<T extends KubeObject> implements ObjectSource<T> {
  private readonly sinks: ObjectSink<T>[] = [];
  private at: Revision | undefined;

  constructor(
    private readonly client: ListWatchClient,
    private readonly type: ResourceType<T>,
    private readonly filter: ObjectFilter = {},
    private readonly onFault: (error: unknown) => void = () => undefined,
    private readonly backoff = new Backoff(),
  ) {}

  attach(sink: ObjectSink<T>): void {
    this.sinks.push(sink);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.at ??= await this.listAll(signal);
        await this.watchFrom(this.at, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (isGone(error)) this.at = undefined;
        else this.onFault(error);
      }
      await this.backoff.wait(signal);
    }
  }

  private get ref(): ResourceRef {
    return { ...this.type, namespace: this.filter.namespace };
  }

  private async listAll(signal: AbortSignal): Promise<Revision> {
    const { labelSelector, fieldSelector } = this.filter;
    const items: Recorded<T>[] = [];
    let next: string | undefined;
    let revision: Revision;
    do {
      const options = { labelSelector, fieldSelector, limit: pageSize, continue: next };
      const page: KubeList<T> = await this.client.list<T>(this.ref, options, signal);
      const { apiVersion, kind } = asKind(this.type);
      // Items of a list leave out what the list says once for all of them.
      for (const item of page.items) items.push(this.recorded({ ...item, apiVersion, kind }));
      revision = parseRevision(page.metadata.resourceVersion ?? '') ?? 0n;
      next = page.metadata.continue || undefined;
    } while (next);
    for (const sink of this.sinks) {
      sink.replace(items, revision);
      sink.synced();
    }
    return revision;
  }

  private async watchFrom(from: Revision, signal: AbortSignal): Promise<void> {
    const { labelSelector, fieldSelector } = this.filter;
    const options = { labelSelector, fieldSelector, resourceVersion: from.toString() };
    for await (const event of this.client.watch<T>(this.ref, options, signal)) {
      const item = this.recorded(event.object);
      for (const sink of this.sinks) {
        if (event.type === 'DELETED') sink.remove(item);
        else if (event.type !== 'BOOKMARK') sink.put(item);
        sink.reached(item.revision);
      }
      this.at = item.revision;
      this.backoff.reset();
    }
  }

  private recorded(object: T): Recorded<T> {
    const revision = parseRevision(object.metadata.resourceVersion ?? '') ?? 0n;
    const cause: Cause = `${this.type.stream}/${revision}`;
    return { object, revision, cause };
  }
}

const isGone = (error: unknown): boolean => hasReason(error, 'Expired') || hasReason(error, 'Gone');

const asKind = ({ group, version, kind }: ResourceType): { apiVersion: string; kind: string } => ({
  apiVersion: group === '' ? version : `${group}/${version}`,
  kind,
});
