import { transaction, type Collection, type Ruleset } from './ruleset.js';

const ruleset = (chains: Record<string, string[]>, ports: Record<string, string>, sticky: string[] = []): Ruleset => ({
  chains: new Map(Object.entries(chains).map(([name, rules]) => [name, { rules }])),
  collections: new Map<string, Collection>([
    ['ports', { kind: 'map', declaration: 'type inet_service : verdict;', elements: new Map(Object.entries(ports)) }],
    ...sticky.map((name) => [name, { kind: 'set', declaration: 'flags dynamic;', elements: new Map() }] as const),
  ]),
});
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

describe('transaction', () => {
  const one = ruleset({ a: ['counter'] }, { 80: 'goto a' });

  it('makes the table anew when nothing is known of it', () => {
    expect(lines(transaction('ip t', undefined, one))).toEqual([
      ...['add table ip t', 'delete table ip t', 'add table ip t'],
      'add map ip t ports { type inet_service : verdict; }',
      ...['add chain ip t a', 'add rule ip t a counter', 'add element ip t ports { 80 : goto a }'],
    ]);
  });

  it('says nothing when nothing changed', () => {
    expect(transaction('ip t', one, ruleset({ a: ['counter'] }, { 80: 'goto a' }))).toBe('');
  });

  it('touches only the chain whose rules changed', () => {
    expect(lines(transaction('ip t', one, ruleset({ a: ['accept'] }, { 80: 'goto a' })))).toEqual([
      'flush chain ip t a',
      'add rule ip t a accept',
    ]);
  });

  it('replaces an element before it deletes what the old one led to', () => {
    expect(lines(transaction('ip t', one, ruleset({ b: ['accept'] }, { 80: 'goto b' })))).toEqual([
      ...['add chain ip t b', 'delete element ip t ports { 80 }', 'flush chain ip t a', 'add rule ip t b accept'],
      ...['add element ip t ports { 80 : goto b }', 'delete chain ip t a'],
    ]);
  });

  it('keeps what the kernel remembers in a set that stays, and drops a set that goes', () => {
    const sticky = ruleset({ a: ['counter'] }, { 80: 'goto a' }, ['clients']);
    expect(transaction('ip t', sticky, ruleset({ a: ['counter'] }, { 80: 'goto a' }, ['clients']))).toBe('');
    expect(lines(transaction('ip t', sticky, one))).toEqual(['delete set ip t clients']);
  });
});
