import type { KubeObject } from '@shiplog/domain';
import { expiredEvents } from './expired-events.js';

const now = new Date('2030-01-02T12:00:00Z');
const hour = 3_600_000;
const event = (metadata: object, times: object = {}): KubeObject =>
  ({ kind: 'Event', apiVersion: 'v1', metadata, ...times }) as KubeObject;
const old = { creationTimestamp: '2030-01-02T10:00:00Z' };

test.each<[string, KubeObject, boolean]>([
  ['is old an hour after it was created', event({ creationTimestamp: '2030-01-02T11:00:00Z' }), true],
  ['is not old before', event({ creationTimestamp: '2030-01-02T11:00:01Z' }), false],
  ['lives on when it happens again', event(old, { lastTimestamp: '2030-01-02T11:30:00Z' }), false],
  ['lives on in a series', event(old, { series: { lastObservedTime: '2030-01-02T11:30:00.000000Z' } }), false],
  ['is old by its own times too', event(old, { lastTimestamp: null, eventTime: '2030-01-02T10:30:00.000000Z' }), true],
  ['is not old without a time', event({}), false],
])('an Event %s', (_, given, isOld) => expect(expiredEvents([given], now, hour)).toEqual(isOld ? [given] : []));
