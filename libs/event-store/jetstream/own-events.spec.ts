import type { NewResourceEvent } from '@shiplog/domain';
import { configMapKey, newEvent } from '@shiplog/testing';
import { headerLine } from '../log/header-block.js';
import { toMessage, type LogMessage } from '../log/stored-event.js';
import { Sealer } from '../sealing/sealer.js';
import { OwnEvents, type ArrivedMessage } from './own-events.js';

const event = (id: string): NewResourceEvent => ({
  ...newEvent(configMapKey('web'), 'created', { a: '1' }, { id }),
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} },
});
const messageOf = (appended: NewResourceEvent): LogMessage => toMessage(appended, 7n, new Sealer(undefined));
const arrived = ({ subject, headers, body }: LogMessage, more = ''): ArrivedMessage => ({
  subject,
  block: Buffer.concat([headers, Buffer.from(`${more}\r\n`)]),
  body: Buffer.from(body),
});
const changed = (text: string | Uint8Array, from: string, to: string): string => {
  expect(String(text)).toContain(from);
  return String(text).replace(from, to);
};
const changedBytes = (...args: Parameters<typeof changed>): Buffer => Buffer.from(changed(...args));

describe('own events', () => {
  const appended = event('1');
  const message = messageOf(appended);
  let own: OwnEvents;
  beforeEach(() => {
    own = new OwnEvents();
    own.add(appended, message);
  });

  it('come back once', () => {
    expect(own.take(arrived(message))).toBe(appended);
    expect(own.take(arrived(message))).toBeUndefined();
  });

  it('come back from a batch', () => {
    expect(own.take(arrived(message, headerLine('Nats-Batch-Id', 'b')))).toBe(appended);
  });

  test.each<[string, LogMessage]>([
    ['another id', messageOf(event('2'))],
    ['another subject', { ...message, subject: changed(message.subject, 'web', 'wev') }],
    ['another body', { ...message, body: changedBytes(message.body, '"1"', '"2"') }],
    ['a body cut off', { ...message, body: message.body.subarray(1) }],
    ['another header', { ...message, headers: changedBytes(message.headers, 'ce-authid: jane', 'ce-authid: john') }],
    ['a header less', { ...message, headers: changedBytes(message.headers, 'ce-verb: create\r\n', '') }],
    ['another expectation', toMessage(appended, 8n, new Sealer(undefined))],
  ])('are not what comes with %s', (_, other) => expect(own.take(arrived(other))).toBeUndefined());

  it('are unknown once they did not happen', () => {
    own.forget('1');
    expect(own.take(arrived(message))).toBeUndefined();
  });

  it('are not worth keeping without what their body says', () => {
    const bare = { ...newEvent(configMapKey(), 'created', {}, { id: '2' }) };
    own.add(bare, messageOf(bare));
    expect(own.take(arrived(messageOf(bare)))).toBeUndefined();
  });

  it('that never come back fill no memory', () => {
    for (let i = 2; i < 5_000; i++) own.add({ ...appended, context: { ...appended.context, id: String(i) } }, message);
    expect(own.take(arrived(message))).toBeUndefined();
    const last = event('last');
    own.add(last, messageOf(last));
    expect(own.take(arrived(messageOf(last)))).toBe(last);
  });
});
