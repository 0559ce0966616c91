import { StatusError, type KubeObject } from '@shiplog/domain';
import type { WatchEvent } from '../rest/watch-event.js';
import { Backoff } from './backoff.js';
import { HttpWatchSource, type ListWatchClient } from './http-watch-source.js';
import { Informer } from './informer.js';
import { resourceType } from './resource-type.js';

const pods = resourceType('', 'v1', 'Pod', 'pods');
const pod = (name: string, resourceVersion: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: String(resourceVersion) },
});
const event = (type: WatchEvent['type'], name: string, revision: number): WatchEvent => ({
  type,
  object: pod(name, revision),
});

/** A server that has these pages and then these watches, each ended by its last step (an error, or normally). */
function server(pages: KubeObject[][][], watches: (WatchEvent | StatusError)[][]) {
  const asked: string[] = [];
  const client = {
    list: (_ref: object, { continue: next = '' }: { continue?: string }) => {
      asked.push(`list ${next}`);
      const current = pages[0] as KubeObject[][];
      const page = Number(next || 0);
      const isLast = page === current.length - 1;
      if (isLast) pages.shift();
      return Promise.resolve({
        metadata: { resourceVersion: '10', ...(isLast ? {} : { continue: String(page + 1) }) },
        items: current[page],
      });
    },
    watch: async function* (_ref: object, { resourceVersion }: { resourceVersion?: string }, signal: AbortSignal) {
      asked.push(`watch ${resourceVersion}`);
      const steps = watches.shift();
      if (!steps) return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      for (const step of steps) {
        if (step instanceof StatusError) throw step;
        yield step;
      }
    },
  } as unknown as ListWatchClient;
  return { client, asked };
}

async function followed(
  pages: KubeObject[][][],
  watches: (WatchEvent | StatusError)[][],
  until: (informer: Informer) => boolean,
) {
  const stop = new AbortController();
  const { client, asked } = server(pages, watches);
  const source = new HttpWatchSource(client, pods, {}, undefined, new Backoff({ firstMs: 1, maxMs: 1 }));
  const informer = new Informer(pods, source);
  const running = source.run(stop.signal);
  await informer.waitUntil(() => until(informer), AbortSignal.timeout(2_000));
  await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await running;
  return { asked, names: informer.lister.all().map(({ metadata }) => metadata.name), informer };
}

describe('HttpWatchSource', () => {
  it('lists page by page, then watches from there', async () => {
    const { asked, names, informer } = await followed(
      [[[pod('a', 3)], [pod('b', 4)]]],
      [[event('ADDED', 'c', 11), event('DELETED', 'a', 12)]],
      (i) => i.revision() >= 12n,
    );
    expect(asked.slice(0, 3)).toEqual(['list ', 'list 1', 'watch 10']);
    expect(names).toEqual(['b', 'c']);
    expect(informer.lister.recorded('shop', 'c')?.cause).toBe('RESOURCES/11');
  });

  it('goes on from the last event or bookmark when the watch ends', async () => {
    const { asked } = await followed(
      [[[]]],
      [[event('ADDED', 'a', 11)], [event('BOOKMARK', '', 40)]],
      (i) => i.revision() >= 40n,
    );
    expect(asked).toEqual(['list ', 'watch 10', 'watch 11', 'watch 40']);
  });

  it('goes on after a fault of the server', async () => {
    const { asked, names } = await followed(
      [[[]]],
      [[new StatusError(503, 'ServiceUnavailable', 'later')], [event('ADDED', 'a', 11)]],
      (i) => i.revision() >= 11n,
    );
    expect(asked.slice(0, 3)).toEqual(['list ', 'watch 10', 'watch 10']);
    expect(names).toEqual(['a']);
  });

  it('lists again when its revision is gone, and notices what was deleted meanwhile', async () => {
    const deleted: string[] = [];
    const { asked, names } = await followed(
      [[[pod('a', 3), pod('b', 4)]], [[pod('b', 4)]]],
      [[new StatusError(410, 'Expired', 'too old')]],
      (i) => {
        if (i.hasSynced && !i.lister.get('shop', 'a')) deleted.push('a');
        return deleted.length > 0;
      },
    );
    expect(asked.slice(0, 3)).toEqual(['list ', 'watch 10', 'list ']);
    expect(names).toEqual(['b']);
  });
});
