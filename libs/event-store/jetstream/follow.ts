import { setTimeout as sleep } from 'node:timers/promises';
import { hasReason, StatusError, type Revision, type StreamName } from '@shiplog/domain';
import { UnreadableEvent, type StoredEvent } from '../log/stored-event.js';
import type { Feed } from './feed.js';

export interface FollowSource {
  /** Resolves while there is a connection, or when nobody follows any more. */
  reachable(): Promise<void>;
  /** Opens a feed of everything after this revision. */
  open(after: Revision): Promise<Feed>;
  /** The stream's last sequence, and the revision up to which the compactor has thinned it out. */
  extent(): Promise<{ last: Revision; compacted: Revision }>;
  /** Calls back when the connection has been lost and found again. Returns how to stop that. */
  onReconnect(callback: () => void): () => void;
  onFault(error: unknown): void;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * Every event after `after`, in order and without gaps, over as many feeds as it takes. Ends when aborted.
 * @throws StatusError Gone if the events after `after` are no longer complete: start from a snapshot.
 * @throws UnreadableEvent at an event that cannot be read.
 */
export async function* follow(
  source: FollowSource,
  stream: StreamName,
  after: Revision,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredEvent[]> {
  let at = after;
  let feed: Feed | undefined;
  let isChecked = false;
  let pauseMs = firstPauseMs;
  const aborted = (): void => feed?.fail(new Error('aborted'));
  const stopListening = source.onReconnect(() => feed?.fail(new Error('reconnected')));
  signal.addEventListener('abort', aborted);
  try {
    while (!signal.aborted) {
      try {
        if (!feed) await source.reachable();
        if (signal.aborted) return;
        feed ??= await source.open(at);
        if (!isChecked) assertComplete(stream, at, await source.extent());
        isChecked = true;
        if (signal.aborted) return;
        const events = await feed.take();
        pauseMs = firstPauseMs;
        at = events.at(-1)?.revision ?? at;
        yield events;
      } catch (error) {
        feed?.close();
        feed = undefined;
        isChecked = false;
        if (signal.aborted) return;
        if (hasReason(error, 'Gone') || error instanceof UnreadableEvent) throw error;
        source.onFault(error);
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  } finally {
    signal.removeEventListener('abort', aborted);
    stopListening();
    feed?.close();
  }
}

/** From 0 on, thinned out is complete enough: what was dropped is superseded by what is left. */
function assertComplete(
  stream: StreamName,
  at: Revision,
  { last, compacted }: { last: Revision; compacted: Revision },
): void {
  if (last < at) throw gone(`${stream} ends at ${last}, before revision ${at}: the log has been lost or replaced`);
  if (at > 0n && at < compacted) throw gone(`${stream} is complete only from revision ${compacted} on, not from ${at}`);
}

const gone = (message: string): StatusError => new StatusError(410, 'Gone', message);
