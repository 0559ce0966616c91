import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, ResourceEvent, Revision, StreamName } from '@shiplog/domain';
import type { DataSource } from 'typeorm';
import { Checkpoints } from './checkpoints.js';
import type { AnyProjection } from './projection.js';
import { slices } from './slices.js';

/** The log as the projector needs it. */
export interface ProjectedLog extends Pick<EventStore, 'follow' | 'lastRevision'> {
  /** Tells one log from another. */
  identity(stream: StreamName): Promise<string>;
}

/** What one stream's projections have come to. */
export interface Progress {
  readonly applied: Revision;
  /** Why it does not go on, if it does not. */
  readonly fault?: string;
}

/** Small transactions of a stream begin at least this far apart: each has a price of its own, however few events it takes in. */
const commitIntervalMs = 200;
const manyEvents = 500;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Follows the log and keeps the projections' rows, a set of events at a time. Goes on by itself after NATS or PostgreSQL have been away. */
export class Projector {
  private readonly progress = new Map<StreamName, Progress>();

  constructor(
    private readonly log: ProjectedLog,
    private readonly database: DataSource,
    private readonly projections: readonly AnyProjection[],
    private readonly onFault: (stream: StreamName, error: unknown) => void,
    private readonly onApplied: (stream: StreamName, events: number) => void = () => undefined,
  ) {}

  get streams(): StreamName[] {
    return [...new Set(this.projections.flatMap(({ streams }) => streams))];
  }

  progressOf(stream: StreamName): Progress {
    return this.progress.get(stream) ?? { applied: 0n };
  }

  /** Projects every stream until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.streams.map((stream) => this.project(stream, signal)));
  }

  private async project(stream: StreamName, signal: AbortSignal): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!signal.aborted) {
      try {
        const checkpoints = new Checkpoints(stream, await this.log.identity(stream));
        const from = await this.takeIn(stream, checkpoints, []);
        for await (const events of this.log.follow(stream, from, signal)) {
          const nextAt = performance.now() + commitIntervalMs;
          for (const slice of slices(events)) await this.takeIn(stream, checkpoints, slice);
          pauseMs = firstPauseMs;
          if (events.length < manyEvents) await sleep(Math.max(0, nextAt - performance.now()), undefined, { signal });
        }
      } catch (error) {
        if (signal.aborted) return;
        const { applied } = this.progressOf(stream);
        this.progress.set(stream, { applied, fault: error instanceof Error ? error.message : String(error) });
        this.onFault(stream, error);
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  /**
   * Rows and checkpoints of a set of events in one transaction; events at or below a projection's checkpoint are skipped.
   * Returns the revision from which on every projection needs what comes.
   */
  async takeIn(stream: StreamName, checkpoints: Checkpoints, events: readonly ResourceEvent[]): Promise<Revision> {
    const concerned = this.projections.filter(({ streams }) => streams.includes(stream));
    const last = events.at(-1)?.revision;
    const reached = await this.database.transaction(async (manager) => {
      const before = await checkpoints.lock(
        manager,
        concerned.map(({ name }) => name),
      );
      for (const projection of concerned) {
        const at = before.get(projection.name) ?? 0n;
        const news = events.filter(({ revision }) => revision > at);
        if (last === undefined || news.length === 0) continue;
        await projection.apply(manager, news);
        await checkpoints.move(manager, projection.name, last);
        before.set(projection.name, last);
      }
      return [...before.values()].reduce((least, revision) => (revision < least ? revision : least));
    });
    this.progress.set(stream, { applied: reached });
    if (events.length > 0) this.onApplied(stream, events.length);
    return reached;
  }
}
