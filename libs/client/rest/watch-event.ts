import { StatusError, type KubeObject, type Status } from '@shiplog/domain';

/** What a watch tells: a change of one object, or how far it has come without a change. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

export interface WatchOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly timeoutSeconds?: number;
}

/** The events of one watch answer, a line each. An ERROR event is thrown as the StatusError that it is (410: list again). */
export async function* watchEvents<T extends KubeObject>(answer: AsyncIterable<Buffer>): AsyncIterable<WatchEvent<T>> {
  for await (const line of lines(answer)) {
    const event = JSON.parse(line) as { type: WatchEvent['type'] | 'ERROR'; object: unknown };
    if (event.type === 'ERROR') throw StatusError.fromStatus(event.object as Status);
    yield { type: event.type, object: event.object as T };
  }
}

/** Whole lines of a byte stream; a line may span chunks, a character too. */
async function* lines(chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8');
      rest = [];
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
}
