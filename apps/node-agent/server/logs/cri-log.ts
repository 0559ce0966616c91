/** One record of a container's log file: `<time> <stdout|stderr> <F|P> <text>`; P: the line goes on in the next record. */
export interface LogRecord {
  readonly time: string;
  readonly stream: string;
  readonly isPartial: boolean;
  readonly text: Buffer;
}

const space = 0x20;

/** Undefined for what is no record, such as a line that was cut off when the machine went down. Pure. */
export function parseLogLine(line: Buffer): LogRecord | undefined {
  const afterTime = line.indexOf(space);
  const afterStream = line.indexOf(space, afterTime + 1);
  if (afterTime <= 0 || afterStream < 0) return undefined;
  const found = line.indexOf(space, afterStream + 1);
  const afterTag = found < 0 ? line.length : found;
  return {
    time: line.toString('latin1', 0, afterTime),
    stream: line.toString('latin1', afterTime + 1, afterStream),
    isPartial: line[afterStream + 1] === 0x50,
    text: line.subarray(afterTag + 1),
  };
}

export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  /** Milliseconds since the epoch: records before it are left out. */
  readonly since?: number;
  readonly limitBytes?: number;
  readonly stream: 'All' | 'Stdout' | 'Stderr';
}

/** What a reader sees of a record; undefined: nothing. Pure. */
export function renderRecord(record: LogRecord, { timestamps, since, stream }: LogOptions): Buffer | undefined {
  if (since !== undefined && Date.parse(record.time) < since) return undefined;
  if (stream !== 'All' && stream.toLowerCase() !== record.stream) return undefined;
  const head = timestamps ? Buffer.from(`${record.time} `) : Buffer.alloc(0);
  return Buffer.concat([head, record.text, Buffer.from(record.isPartial ? '' : '\n')]);
}

/** Reads the query of containerLogs. Pure. */
export function logOptions(query: URLSearchParams, now: number): LogOptions {
  const number = (name: string): number | undefined => {
    const text = query.get(name);
    return text === null || text === '' ? undefined : Number(text);
  };
  const sinceSeconds = number('sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const stream = query.get('stream');
  return {
    follow: query.get('follow') === 'true',
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    tailLines: number('tailLines'),
    since: sinceSeconds !== undefined ? now - sinceSeconds * 1000 : sinceTime ? Date.parse(sinceTime) : undefined,
    limitBytes: number('limitBytes'),
    stream: stream === 'Stdout' || stream === 'Stderr' ? stream : 'All',
  };
}
