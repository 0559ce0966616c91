import { setTimeout as sleep } from 'node:timers/promises';
import type { Revision, StreamName } from '@shiplog/domain';
import { CheckpointRow, type CompactableLog } from '@shiplog/event-store';
import type { DataSource } from 'typeorm';
import { Checkpoints } from '../projecting/checkpoints.js';
import { superseded } from './superseded.js';

export interface CompactionSettings {
  /** Superseded events younger than this stay. */
  readonly windowMs: number;
  readonly intervalMs: number;
}

export interface Compaction {
  readonly upTo: Revision;
  readonly objects: number;
  readonly dropped: number;
}

const purgesAtOnce = 4;
/** Streams that grow with their history. LEASES keep one message an object, EVENTS are limited by age. */
const compacted: readonly StreamName[] = ['RESOURCES'];

/**
 * Keeps the log small: drops what is archived, superseded and older than the window. First it makes sure that the archive is on disk,
 * then it says in the log up to where it will thin out (so that nobody follows from there without a snapshot), then it drops. May be
 * interrupted anywhere: the next run does it again.
 */
export class Compactor {
  constructor(
    private readonly log: CompactableLog,
    private readonly database: DataSource,
    private readonly settings: CompactionSettings,
    private readonly onCompacted: (stream: StreamName, compaction: Compaction) => void,
    private readonly onFault: (error: unknown) => void,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    if (this.settings.windowMs === 0) return;
    while (!signal.aborted) {
      await sleep(this.settings.intervalMs, undefined, { signal }).catch(() => undefined);
      for (const stream of compacted)
        try {
          if (!signal.aborted) await this.compact(stream, new Date(Date.now() - this.settings.windowMs), signal);
        } catch (error) {
          this.onFault(error);
        }
    }
  }

  /** Drops what was superseded before `time`. */
  async compact(stream: StreamName, time: Date, signal: AbortSignal): Promise<Compaction> {
    const { from, upTo } = await this.plan(stream, time);
    if (upTo <= from) return { upTo: from, objects: 0, dropped: 0 };
    await this.log.announceCompaction(stream, upTo);
    const droppable = await superseded(this.database, stream, from, upTo);
    let dropped = 0;
    for (let i = 0; i < droppable.length; i += purgesAtOnce) {
      signal.throwIfAborted();
      const slice = droppable.slice(i, i + purgesAtOnce);
      const counts = await Promise.all(slice.map(({ key, before }) => this.log.dropBefore(key, before)));
      dropped += counts.reduce((sum, count) => sum + count, 0);
    }
    await this.database.manager.update(CheckpointRow, { projection, stream }, { revision: upTo.toString() });
    const compaction = { upTo, objects: droppable.length, dropped };
    this.onCompacted(stream, compaction);
    return compaction;
  }

  /** From where to where, none of it beyond what every projection holds; when this returns the archive up to there is on disk. */
  private async plan(stream: StreamName, time: Date): Promise<{ from: Revision; upTo: Revision }> {
    const checkpoints = new Checkpoints(stream, await this.log.identity(stream));
    // The last event stays whatever it is: readers wait until they have seen it.
    const last = (await this.log.lastRevision(stream)) - 1n;
    return this.database.transaction(async (manager) => {
      await manager.query('SET LOCAL synchronous_commit = on');
      const at = await checkpoints.lock(manager, [projection, 'history']);
      const [youngest] = (await manager.query(
        `SELECT min(revision) AS revision FROM history WHERE stream = $1 AND time > $2`,
        [stream, time],
      )) as { revision: string | null }[];
      const archived = at.get('history') ?? 0n;
      const old = youngest?.revision ? BigInt(youngest.revision) - 1n : archived;
      const from = at.get(projection) ?? 0n;
      // Writing a row makes this commit, and with it all before, wait for the disk.
      await checkpoints.move(manager, projection, from);
      return { from, upTo: [old, archived, last].reduce(least) };
    });
  }
}

const projection = 'compaction';
const least = (a: Revision, b: Revision): Revision => (a < b ? a : b);
