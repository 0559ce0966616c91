import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logOptions, parseLogLine, type LogOptions } from './cri-log.js';
import { readLog } from './read-log.js';

const at = (second: number) => `2026-01-01T12:00:0${second}.000000000Z`;
const file = [
  `${at(1)} stdout F one`,
  `${at(2)} stderr F two`,
  `${at(3)} stdout P thr`,
  `${at(3)} stdout F ee`,
  'torn',
  `${at(4)} stdout F `,
  `${at(5)} stdout F five words in it`,
  '',
].join('\n');

const all: LogOptions = { follow: false, previous: false, timestamps: false, stream: 'All' };
const folder = mkdtempSync(join(tmpdir(), 'logs-'));
const path = join(folder, '0.log');
beforeEach(() => writeFileSync(path, file));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(options: Partial<LogOptions>, isOver = () => true): Promise<string> {
  const parts = [];
  for await (const part of readLog(path, { ...all, ...options }, isOver, AbortSignal.timeout(3_000))) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('readLog', () => {
  it.each<[string, Partial<LogOptions>, string]>([
    ['all, partial records joined, torn lines left out', {}, 'one\ntwo\nthree\n\nfive words in it\n'],
    ['the last two records', { tailLines: 2 }, '\nfive words in it\n'],
    ['none', { tailLines: 0 }, ''],
    ['more than there are', { tailLines: 100 }, 'one\ntwo\nthree\n\nfive words in it\n'],
    ['one stream', { stream: 'Stderr' }, 'two\n'],
    ['with times', { timestamps: true, tailLines: 1 }, `${at(5)} five words in it\n`],
    ['since a time', { since: Date.parse(at(4)) }, '\nfive words in it\n'],
    ['at most so many bytes', { limitBytes: 5 }, 'one\nt'],
  ])('%s', async (_, options, expected) => expect(await read(options)).toBe(expected));

  it('follows until the container has ended, and misses nothing written before that', async () => {
    let isOver = false;
    setTimeout(() => appendFileSync(path, `${at(6)} stdout F six\n`), 100);
    setTimeout(() => {
      appendFileSync(path, `${at(7)} stdout F seven\n`);
      isOver = true;
    }, 300);
    expect(await read({ follow: true, tailLines: 1 }, () => isOver)).toBe('five words in it\nsix\nseven\n');
  });
});

describe('parseLogLine', () => {
  it.each(['', 'x', 'time only', ' stdout F x'])('%j is no record', (line) =>
    expect(parseLogLine(Buffer.from(line))).toBeUndefined(),
  );
});

it('logOptions reads seconds and times', () => {
  expect(logOptions(new URLSearchParams('sinceSeconds=10&follow=true&tailLines=0'), 60_000)).toMatchObject({
    since: 50_000,
    follow: true,
    tailLines: 0,
  });
  expect(logOptions(new URLSearchParams({ sinceTime: at(5) }), 0).since).toBe(Date.parse(at(5)));
});
