import type { ObjectKey } from '@shiplog/domain';
import fc from 'fast-check';
import { keyOfSubject, subjectOf } from './subject.js';

const key = (over: Partial<ObjectKey>): ObjectKey => ({
  stream: 'RESOURCES',
  group: '',
  plural: 'pods',
  namespace: 'default',
  name: 'web-1',
  ...over,
});

const cases: [string, ObjectKey, string][] = [
  ['a core object', key({}), 'resources.core.pods.default.web-1'],
  ['a group with dots', key({ group: 'apps.example.com' }), 'resources.apps%2Eexample%2Ecom.pods.default.web-1'],
  ['cluster scope', key({ plural: 'nodes', namespace: '', name: 'n1' }), 'resources.core.nodes.-.n1'],
  ['a name with dots', key({ name: 'kube-root-ca.crt' }), 'resources.core.pods.default.kube-root-ca%2Ecrt'],
  [
    'an RBAC name',
    key({ name: 'system:controller:a*b>c d%' }),
    'resources.core.pods.default.system:controller:a%2Ab%3Ec%20d%25',
  ],
  ['a name beyond ASCII', key({ name: 'ü' }), 'resources.core.pods.default.%C3%BC'],
  [
    'a lease',
    key({ stream: 'LEASES', group: 'coordination.k8s.io', plural: 'leases' }),
    'leases.coordination%2Ek8s%2Eio.leases.default.web-1',
  ],
  ['an event', key({ stream: 'EVENTS', plural: 'events', name: 'web.17' }), 'events.core.events.default.web%2E17'],
];

describe('subject', () => {
  test.each(cases)('%s', (_, given, expected) => {
    expect(subjectOf(given)).toBe(expected);
    expect(keyOfSubject(expected)).toEqual(given);
  });

  it('comes back as the key it was made of, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, group) => {
        fc.pre(group !== 'core');
        const subject = subjectOf(key({ name, group }));
        expect(subject).toMatch(/^[\x21-\x7e]+$/);
        expect(subject.split('.')).toHaveLength(5);
        expect(keyOfSubject(subject)).toEqual(key({ name, group }));
      }),
    );
  });

  test.each(['resources.core.pods.default', 'resources.core.pods.default.a.b', 'other.core.pods.default.a', ''])(
    'refuses %j',
    (subject) => expect(() => keyOfSubject(subject)).toThrow('not the subject of an object'),
  );

  it('refuses an object without a name', () => {
    expect(() => subjectOf(key({ name: '' }))).toThrow('without a name');
  });
});
