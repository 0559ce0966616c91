import type { EventRecorderOptions } from '@shiplog/client';
import { tallies, type Logger } from '@shiplog/component-base';
import { messageOf } from './plan-executor.js';

const quietMs = 10_000;

const dropped = tallies({
  name: 'shiplog_dropped_core_events_total',
  help: 'Events (core/v1) that were not written: too many were waiting, or the API refused them',
  labelNames: ['reason'],
});

/** For a recorder: counts what it drops, and logs it in one line each ten seconds, with the last one as an example. */
export function dropsToldTo(
  logger: Pick<Logger, 'warn'>,
  now: () => number = Date.now,
): Required<Pick<EventRecorderOptions, 'onDropped'>> {
  let [untold, toldAt] = [0, -Infinity];
  return {
    onDropped({ reason, message }, why) {
      dropped({ reason }).add();
      untold += 1;
      if (now() - toldAt < quietMs) return;
      logger.warn({ events: untold, reason, message, why: messageOf(why) }, 'events dropped');
      [untold, toldAt] = [0, now()];
    },
  };
}
