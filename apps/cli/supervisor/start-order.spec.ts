import { startOrder } from './start-order.js';

const named = (name: string, ...after: string[]) => ({ name, after });
const names = (groups: { name: string }[][]): string[][] => groups.map((group) => group.map(({ name }) => name));

describe('startOrder', () => {
  it('groups what may start at once, after what it needs', () => {
    const order = startOrder([
      named('agent', 'gateway', 'containerd'),
      named('gateway', 'nats'),
      named('nats'),
      named('containerd'),
    ]);
    expect(names(order)).toEqual([['nats', 'containerd'], ['gateway'], ['agent']]);
  });
  it('says what waits for each other', () => {
    expect(() => startOrder([named('a', 'b'), named('b', 'a'), named('c')])).toThrow('wait for each other: a, b');
  });
  it('says what is waited for and not there', () => {
    expect(() => startOrder([named('a', 'ghost')])).toThrow('a starts after ghost');
  });
});
