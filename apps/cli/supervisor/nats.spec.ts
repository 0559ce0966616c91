import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { syncStreams } from './nats.js';

describe('syncStreams', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'shiplog-sync-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  /** Runs it with a `sync` that writes down what it is asked to. */
  function synced(files: readonly string[], ofSync = 'exit 0'): string[] {
    for (const file of files) {
      mkdirSync(dirname(join(home, file)), { recursive: true });
      writeFileSync(join(home, file), '');
    }
    const record = join(home, 'synced');
    writeFileSync(record, '');
    writeFileSync(join(home, 'sync'), `#!/bin/sh\necho "\${*:-everything}" >> '${record}'\n${ofSync}\n`, {
      mode: 0o755,
    });
    const env = { PATH: `${home}:${process.env['PATH'] ?? ''}`, streams: join(home, 'streams') };
    expect(spawnSync('sh', ['-c', syncStreams], { env }).status).toBe(0);
    const words = readFileSync(record, 'utf8').match(/\S+/g) ?? [];
    return words.map((path) => path.replace(`${home}/streams/`, '')).sort();
  }

  const files = ['streams/A/msgs/1.blk', 'streams/A/msgs/index.db', 'streams/A/meta.inf', 'streams/B/msgs/2.blk'];

  it('syncs the blocks of every stream and the folders they are in, and nothing else', () =>
    expect(synced(files)).toEqual(['A/msgs', 'A/msgs/1.blk', 'B/msgs', 'B/msgs/2.blk']));

  it('does nothing where there is no stream yet', () => expect(synced([])).toEqual([]));

  it('syncs everything where single files cannot be synced', () =>
    expect(synced(files, '[ $# -eq 0 ]')).toContain('everything'));
});
