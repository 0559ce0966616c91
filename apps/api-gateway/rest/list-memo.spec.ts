import { serializeObject, withResourceVersion, type AnyResource } from '@shiplog/domain';
import type { CachedObject } from '../watch-cache/cached-object.js';
import type { KindCache } from '../watch-cache/kind-cache.js';
import { ListItems } from './list-items.js';
import { ListMemo, type ListedItems } from './list-memo.js';

const kind = (): KindCache & { lastChange: bigint } => ({ lastChange: 1n }) as KindCache & { lastChange: bigint };
const resource = { kind: 'Pod', group: '', version: 'v1' } as AnyResource;

const pod = (name: string): CachedObject => {
  const body = serializeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name } });
  const bytes = withResourceVersion(body, 7n);
  return { bytes, size: bytes.length } as CachedObject;
};

const listOf = (...names: string[]): ListedItems => ({
  items: new ListItems(resource, names.map(pod), { of: resource, replaced: () => 0 }),
});

describe('a list that was asked for a moment ago', () => {
  const list = (...names: string[]) => jest.fn(() => listOf(...names));
  const text = ({ items }: ListedItems): string =>
    Buffer.concat(Array.from(items.parts, (part) => Buffer.from(part))).toString();

  it('is not made again while nothing of its kind changes', () => {
    const [memo, pods, make] = [new ListMemo(), kind(), list('a')];
    const first = memo.listed(pods, 'all', make);
    expect(text(first)).toContain('"name":"a"');
    expect(memo.listed(pods, 'all', make)).toBe(first);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('is made again once something has changed', () => {
    const [memo, pods] = [new ListMemo(), kind()];
    memo.listed(pods, 'all', list('a'));
    pods.lastChange = 2n;
    expect(text(memo.listed(pods, 'all', list('b')))).toContain('"name":"b"');
  });

  it('is told from other lists, and from those of other kinds', () => {
    const [memo, pods, nodes] = [new ListMemo(), kind(), kind()];
    memo.listed(pods, 'all', list('a'));
    expect(text(memo.listed(pods, 'some', list('b')))).toContain('"name":"b"');
    expect(text(memo.listed(nodes, 'all', list('c')))).toContain('"name":"c"');
    expect(text(memo.listed(pods, 'all', list('d')))).toContain('"name":"a"');
  });

  it('is forgotten after a while', () => {
    jest.useFakeTimers();
    const [memo, pods] = [new ListMemo(), kind()];
    memo.listed(pods, 'all', list('a'));
    jest.advanceTimersByTime(11_000);
    expect(text(memo.listed(pods, 'all', list('b')))).toContain('"name":"b"');
    jest.useRealTimers();
  });

  it.each<[string, asked: number, bounds: { list: number; all: number }, laidOut: boolean]>([
    ['not for one client', 1, { list: 1000, all: 1000 }, false],
    ['for the second, and all that follow', 2, { list: 1000, all: 1000 }, true],
    ['not if it is too long', 3, { list: 50, all: 1000 }, false],
    ['not if there is no room', 3, { list: 1000, all: 50 }, false],
  ])('is laid out %s', (_, asked, bounds, laidOut) => {
    const [memo, pods] = [new ListMemo(undefined, bounds), kind()];
    const answers = Array.from({ length: asked }, () => memo.listed(pods, 'all', list('a', 'b')));
    expect(answers[0]?.items.isLaidOut).toBe(laidOut);
  });

  it('gives back the room of what it forgets', () => {
    const [memo, pods] = [new ListMemo(undefined, { list: 1000, all: 200 }), kind()];
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      pods.lastChange++;
      for (let i = 0; i < 2; i++) expect(memo.listed(pods, 'all', list(name)).items.isLaidOut).toBe(i > 0);
    }
  });
});
