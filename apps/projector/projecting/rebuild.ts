import type { StreamName } from '@shiplog/domain';
import { CheckpointRow } from '@shiplog/event-store';
import type { DataSource } from 'typeorm';
import type { AnyProjection } from './projection.js';

/** A projection cannot be made again from the log alone. */
export class CannotRebuild extends Error {
  constructor(projection: string, stream: StreamName, compacted: bigint) {
    super(
      `${projection} is the only copy of what ${stream} held before revision ${compacted}: ` +
        'the log has been thinned out since, and a rebuild would lose it',
    );
    this.name = 'CannotRebuild';
  }
}

/**
 * Empties a projection and sends it back to the log's beginning; the projector does the rest as it follows.
 * @throws CannotRebuild if the log no longer holds every event and the projection needs them all.
 */
export async function rebuild(
  database: DataSource,
  projection: AnyProjection,
  compactedUpTo: (stream: StreamName) => Promise<bigint>,
): Promise<void> {
  for (const stream of projection.streams) {
    const compacted = await compactedUpTo(stream);
    if (projection.needsEveryEvent && compacted > 0n) throw new CannotRebuild(projection.name, stream, compacted);
  }
  await database.transaction(async (manager) => {
    for (const stream of projection.streams) {
      await manager.update(CheckpointRow, { projection: projection.name, stream }, { revision: '0' });
      await projection.clear(manager, stream);
    }
  });
}
