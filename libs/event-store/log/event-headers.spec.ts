import type { EventContext } from '@shiplog/domain';
import fc from 'fast-check';
import { eventHeaders, natsHeaders, readEventHeaders, type EventHead } from './event-headers.js';

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

const roundTrip = (head: EventHead): EventHead =>
  readEventHeaders(eventHeaders(head).map(([name, value]) => [name, [value]]));

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
        for (const [, value] of eventHeaders(head)) expect(value).toMatch(/^[\x21-\x7e]*$/);
        expect(roundTrip(head)).toEqual(head);
      }),
    );
  });

  it('say who acted as CloudEvents authcontext does', () => {
    const kinds = ['system:serviceaccount:a:b', 'system:anonymous', 'system:kube-scheduler', 'jane'].map((user) =>
      new Map(eventHeaders({ type: 'created', context: { ...context, user } })).get('ce-authtype'),
    );
    expect(kinds).toEqual(['service_account', 'unauthenticated', 'system', 'user']);
  });

  test.each([
    ['ce-id', undefined],
    ['ce-type', 'dev.shiplog.resource.exploded'],
    ['ce-change', 'colour'],
  ])('refuse a wrong %s', (header, value) => {
    const raw = new Map(eventHeaders({ type: 'created', context }).map(([k, v]): [string, string[]] => [k, [v]]));
    if (value === undefined) raw.delete(header);
    else raw.set(header, [value]);
    expect(() => readEventHeaders(raw)).toThrow(header);
  });

  it('are laid out as NATS expects', () => {
    const bytes = (natsHeaders([['a', '1']]) as unknown as { encode(): Uint8Array }).encode();
    expect(Buffer.from(bytes).toString()).toBe('NATS/1.0\r\na: 1\r\n\r\n');
  });
});
