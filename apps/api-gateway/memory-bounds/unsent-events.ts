/** A watch whose client may be slow. */
export interface EventSink {
  /** Bytes of events that its client has not taken. */
  readonly unsent: number;
  /** Since when nothing more is written because too much is unsent, or because the watch is over. */
  readonly stalledSince: number | undefined;
  /** Ends the watch behind its last whole event; what is unsent can still be read. */
  end(): void;
  /** Breaks the connection: what is unsent is lost. The client resumes behind what it has read. */
  destroy(): void;
}

/** What a client may leave unread before its watch ends; it resumes from the last event that it has read. */
export const maxUnsentOfOne = 8 * 1024 * 1024;
/** For how long a client that reads nothing is waited for. */
const stallMs = 30_000;

/** The open watches of this process: keeps what all of them have unsent within bounds. */
export class UnsentEvents {
  private readonly sinks = new Set<EventSink>();
  /** As of the last sweep. */
  bytes = 0;

  constructor(private readonly limit: number) {}

  add(sink: EventSink): void {
    this.sinks.add(sink);
  }

  remove(sink: EventSink): void {
    this.sinks.delete(sink);
  }

  /** Ends the watches with the most unsent until the rest is within bounds, breaks what does not move; answers how many. */
  sweep(now: number): number {
    let count = 0;
    this.bytes = 0;
    for (const sink of this.sinks) {
      if (now - (sink.stalledSince ?? now) >= stallMs) {
        count++;
        sink.destroy();
      } else this.bytes += sink.unsent;
    }
    if (this.bytes <= this.limit) return count;
    const bySize = [...this.sinks].filter(({ unsent }) => unsent > 0).sort((a, b) => b.unsent - a.unsent);
    for (const sink of bySize) {
      if (this.bytes <= this.limit) break;
      this.bytes -= sink.unsent;
      count++;
      // Ended already and still holding bytes while others need the room: no more patience.
      if (sink.stalledSince === undefined) sink.end();
      else sink.destroy();
    }
    return count;
  }
}
