import type { KindCache } from '../watch-cache/kind-cache.js';
import { ListMemo } from './list-memo.js';

const kind = (): KindCache & { lastChange: bigint } => ({ lastChange: 1n }) as KindCache & { lastChange: bigint };

describe('a list that was asked for a moment ago', () => {
  const list = (text: string) => jest.fn(() => ({ bytes: Buffer.from(text) }));

  it('is not made again while nothing of its kind changes', () => {
    const [memo, pods, make] = [new ListMemo(), kind(), list('a')];
    expect(memo.items(pods, 'all', make)).toMatchObject({ bytes: Buffer.from('a') });
    expect(memo.items(pods, 'all', make).bytes).toBe(memo.items(pods, 'all', make).bytes);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('is made again once something has changed', () => {
    const [memo, pods] = [new ListMemo(), kind()];
    memo.items(pods, 'all', list('a'));
    pods.lastChange = 2n;
    expect(memo.items(pods, 'all', list('b')).bytes.toString()).toBe('b');
  });

  it('is told from other lists, and from those of other kinds', () => {
    const [memo, pods, nodes] = [new ListMemo(), kind(), kind()];
    memo.items(pods, 'all', list('a'));
    expect(memo.items(pods, 'some', list('b')).bytes.toString()).toBe('b');
    expect(memo.items(nodes, 'all', list('c')).bytes.toString()).toBe('c');
    expect(memo.items(pods, 'all', list('d')).bytes.toString()).toBe('a');
  });

  it('is forgotten after a while', () => {
    jest.useFakeTimers();
    const [memo, pods] = [new ListMemo(), kind()];
    memo.items(pods, 'all', list('a'));
    jest.advanceTimersByTime(11_000);
    expect(memo.items(pods, 'all', list('b')).bytes.toString()).toBe('b');
    jest.useRealTimers();
  });
});
