import type { EventContext } from '@shiplog/domain';
import fc from 'fast-check';
import { eventHeaders, idOfBlock, publishHeaders, readEventHeaders, type EventHead } from './event-headers.js';
import { readBlock, type HeaderValues } from './header-block.js';

const context: EventContext = {
  id: 'e-1',
  source: 'gateway-1',
  time: '2030-01-02T03:04:05.678Z',
  subject: '/api/v1/namespaces/default/pods/web-1',
  user: 'jané "the admin"',
  groups: ['system:masters', 'ops, and more'],
  correlationId: 'audit-1',
  verb: 'patch',
  change: 'spec',
};
const full: EventContext = {
  ...context,
  impersonator: 'root%20',
  causationId: 'RESOURCES/41',
  subresource: 'status',
  fieldManager: 'kubectl apply',
  userAgent: 'kubectl/v1.36 (linux)\n',
  sourceIp: '::1',
  traceparent: '00-a-b-01',
};

const blockWith = (lines: string): Buffer => Buffer.from(`NATS/1.0\r\n${lines}\r\n`);
const valuesOf = (head: EventHead): HeaderValues => readBlock(blockWith(eventHeaders(head)));
const roundTrip = (head: EventHead): EventHead => readEventHeaders(valuesOf(head));

describe('event headers', () => {
  test.each<[string, EventHead]>([
    ['the least there can be', { type: 'created', context }],
    ['all there can be', { type: 'deleted', context: full, sealedWith: 'key 1' }],
    ['an empty value', { type: 'updated', context: { ...full, userAgent: '' } }],
  ])('carry %s', (_, head) => expect(roundTrip(head)).toEqual(head));

  it('carry any text, in values of printable ASCII only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const head: EventHead = { type: 'updated', context: { ...full, user: text, fieldManager: text } };
        for (const value of valuesOf(head).values()) expect(value).toMatch(/^[\x21-\x7e]*$/);
        expect(roundTrip(head)).toEqual(head);
      }),
    );
  });

  it('say who acted as CloudEvents authcontext does', () => {
    const kinds = ['system:serviceaccount:a:b', 'system:anonymous', 'system:kube-scheduler', 'jane'].map((user) =>
      valuesOf({ type: 'created', context: { ...context, user } }).get('ce-authtype'),
    );
    expect(kinds).toEqual(['service_account', 'unauthenticated', 'system', 'user']);
  });

  test.each([
    ['ce-id', undefined],
    ['ce-type', 'dev.shiplog.resource.exploded'],
    ['ce-change', 'colour'],
  ])('refuse a wrong %s', (header, value) => {
    const raw = new Map(valuesOf({ type: 'created', context }));
    if (value === undefined) raw.delete(header);
    else raw.set(header, value);
    expect(() => readEventHeaders(raw)).toThrow(header);
  });

  it('name who acts, although the groups of several are one array', () => {
    const groups = ['system:authenticated'];
    for (const who of [{ user: 'a' }, { user: 'b' }, { user: 'b', impersonator: 'a' }, { user: 'b' }, { user: 'a' }])
      expect(roundTrip({ type: 'created', context: { ...context, groups, ...who } }).context).toMatchObject(who);
  });

  test.each(['plain', 'with "quotes" and space', 'é'])('begin with the id %s, which is found unread', (id) => {
    expect(idOfBlock(blockWith(publishHeaders(id, 7n) + eventHeaders({ type: 'created', context })))).toBe(id);
  });

  test.each(['', 'ce-id: e-1\r\nNats-Msg-Id: e-1\r\n', 'Nats-Msg-Identity: e-1\r\n'])('%j have no such id', (lines) => {
    expect(idOfBlock(blockWith(lines))).toBeUndefined();
  });
});
