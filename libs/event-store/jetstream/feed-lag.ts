import type { StreamName } from '@shiplog/domain';
import { Gauge } from 'prom-client';

/** A feed as its lag is counted: how many events of its stream this process has not taken yet. */
export interface LaggingFeed {
  readonly stream: StreamName;
  readonly lag: number;
}

const feeds = new Set<LaggingFeed>();

/** Counts the feed in until the function that it returns is called. */
export function countLag(feed: LaggingFeed): () => void {
  feeds.add(feed);
  return () => void feeds.delete(feed);
}

export const lagGauge = new Gauge({
  name: 'shiplog_log_lag_events',
  help: 'Events of a stream that this process follows and has not taken yet',
  labelNames: ['stream'],
  collect() {
    this.reset();
    for (const { stream, lag } of feeds) this.inc({ stream }, lag);
  },
});
