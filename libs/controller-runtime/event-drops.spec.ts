import { register } from 'prom-client';
import type { EventRecorderOptions } from '@shiplog/client';
import { dropsToldTo } from './event-drops.js';

type Dropped = Parameters<NonNullable<EventRecorderOptions['onDropped']>>[0];

it('tells of dropped events in one line each ten seconds, and counts them all', async () => {
  const lines: unknown[] = [];
  let now = 0;
  const { onDropped } = dropsToldTo({ warn: (fields: unknown) => void lines.push(fields) } as never, () => now);
  const drop = (reason: string): void => onDropped({ reason, message: `${reason}!` } as Dropped, new Error('too many'));
  drop('Scheduled');
  drop('Scheduled');
  now = 9_999;
  drop('Pulled');
  now = 10_000;
  drop('Pulled');
  expect(lines).toEqual([
    { events: 1, reason: 'Scheduled', message: 'Scheduled!', why: 'too many' },
    { events: 3, reason: 'Pulled', message: 'Pulled!', why: 'too many' },
  ]);
  expect(await register.metrics()).toContain('shiplog_dropped_core_events_total{reason="Pulled"} 2');
});
