import { exponential, spreads } from '@shiplog/component-base';
import type { StreamName } from '@shiplog/domain';

const byStream = spreads({
  name: 'shiplog_cache_lag_seconds',
  help: 'Age of what the watch cache takes in, the last event of each batch: how long a change took into the log and out of it again',
  labelNames: ['stream'],
  buckets: exponential(0.001, 2, 15),
});

const known = {
  RESOURCES: byStream({ stream: 'RESOURCES' }),
  LEASES: byStream({ stream: 'LEASES' }),
  EVENTS: byStream({ stream: 'EVENTS' }),
};

/** How far the cache is behind the writers, by stream, in seconds. */
export const cacheLag = (stream: StreamName): (typeof known)[StreamName] => known[stream];
