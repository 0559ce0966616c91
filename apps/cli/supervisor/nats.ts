import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.js';
import type { ClusterPaths } from '../cluster/cluster-paths.js';
import { natsUsers } from '../cluster/cluster-settings.js';
import { replaceFile } from '../cluster/write-file.js';
import type { Programs } from './programs.js';

const natsConfigurationFile = ({ paths }: Cluster): string => join(paths.nats, 'nats-server.conf');
const storeFolder = ({ nats }: ClusterPaths): string => join(nats, 'jetstream');
const memory = '/dev/shm';

/** In memory, and there after a `kill -9` of the server: where it lays down batches that it has not committed yet. */
export const stagingMemory = ({ home }: ClusterPaths): string =>
  join(memory, `shiplog-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);

/** Writes the server's configuration: durable before it acknowledges, loopback only, one user for each component. */
export async function prepareNats(cluster: Cluster): Promise<void> {
  // Loaded here: the other commands need none of the log's code.
  const { renderNatsConfiguration, stagingFolders } = await import('@shiplog/event-store');
  const { paths, settings } = cluster;
  const folder = storeFolder(paths);
  await mkdir(folder, { recursive: true });
  if (stagesInMemory(cluster))
    for (const staging of stagingFolders(folder)) await mkdir(staging, { recursive: true, mode: 0o700 });
  const text = renderNatsConfiguration({
    ...{ serverName: settings.name, port: settings.natsPort, storeFolder: folder },
    ...(settings.hosts ? { host: '0.0.0.0' } : {}),
    users: natsUsers.map((name) => ({ name, password: settings.natsPasswords[name] })),
  });
  await replaceFile(natsConfigurationFile(cluster), text);
}

/** Takes the folders in memory away if nothing lies in them: what does, the server completes when it starts again. */
export async function clearStagingMemory(paths: ClusterPaths): Promise<void> {
  const folder = stagingMemory(paths);
  if (!existsSync(folder)) return;
  try {
    for (const stream of await readdir(folder)) await rmdir(join(folder, stream));
    await rmdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}

/** It takes root to put memory where the server keeps its batches. A container has not the right to. */
const stagesInMemory = ({ settings }: Cluster): boolean =>
  process.getuid?.() === 0 && settings.hosts === undefined && existsSync(memory);

/**
 * Shell code, which syncs the messages of all streams in the folder `$streams`. A server that was killed may have left some that are written and
 * not synced; the next one takes them for durable, acknowledges and delivers them, and a power cut would still take them away (ADR 0105).
 */
export const syncStreams =
  '[ ! -d "$streams" ] || find "$streams" \\( -path "*/msgs" -o -path "*/msgs/*.blk" \\) -exec sync {} + || sync';

const readArguments = 'program=$1 configuration=$2 streams=$3 memory=$4';
const start = 'exec "$program" --config "$configuration"';

/** Shell code, which shows the server, and only the server, a folder in `$memory` in the place of each of its staging folders. */
export const stageInMemory = [
  'mkdir -p -m 700 "$memory"',
  'for folder in "$streams"/*/batches; do',
  '  staged=$memory/$(basename "$(dirname "$folder")")',
  '  mkdir -p "$staged" && mount --bind "$staged" "$folder" || exit',
  'done',
].join('\n');

/** The command that runs the server in the foreground. */
export function natsCommand(cluster: Cluster, programs: Programs): { command: string; args: readonly string[] } {
  const [program, configuration] = [programs.natsServer(), natsConfigurationFile(cluster)];
  const streams = join(storeFolder(cluster.paths), 'jetstream', '$G', 'streams');
  const shell = (...steps: string[]): string[] => [
    ...['-c', [readArguments, ...steps, start].join('\n'), 'sh'],
    ...[program, configuration, streams, stagingMemory(cluster.paths)],
  ];
  if (!stagesInMemory(cluster)) return { command: programs.path('sh'), args: shell(syncStreams) };
  const privately = ['--mount', '--propagation', 'private', 'sh'];
  return { command: programs.path('unshare'), args: [...privately, ...shell(syncStreams, stageInMemory)] };
}
