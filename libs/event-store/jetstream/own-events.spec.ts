import { configMapKey, newEvent } from '@shiplog/testing';
import { OwnEvents } from './own-events.js';

const event = (id: string) => ({
  ...newEvent(configMapKey(), 'created', {}, { id }),
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} },
});

describe('own events', () => {
  it('come back once', () => {
    const own = new OwnEvents();
    const appended = event('1');
    own.add(appended);
    expect(own.take('1')).toBe(appended);
    expect(own.take('1')).toBeUndefined();
  });

  it('are unknown once they did not happen', () => {
    const own = new OwnEvents();
    own.add(event('1'));
    own.forget('1');
    expect(own.take('1')).toBeUndefined();
  });

  it('are not worth keeping without what their body says', () => {
    const own = new OwnEvents();
    own.add(newEvent(configMapKey(), 'created', {}, { id: '1' }));
    expect(own.take('1')).toBeUndefined();
  });

  it('that never come back fill no memory', () => {
    const own = new OwnEvents();
    for (let i = 0; i < 5_000; i++) own.add(event(String(i)));
    expect(own.take('0')).toBeUndefined();
    expect(own.take('4999')).toBeDefined();
  });
});
