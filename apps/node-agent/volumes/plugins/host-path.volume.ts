import { mkdir, stat, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { SetupError } from '../../pods/pod-host.js';
import type { VolumePlugin } from '../volume-plugin.js';

/** A path of the node, checked to be what the pod expects, and made where it asks for that. */
export const hostPathVolume: VolumePlugin = {
  name: 'host-path',
  handles: ({ hostPath }) => hostPath !== undefined,
  path: ({ hostPath }) => hostPath?.path ?? '',
  setUp: async ({ volume: { hostPath } }) => {
    const { path = '', type = '' } = hostPath ?? {};
    const there = await stat(path).catch(() => undefined);
    if (!there && type === 'DirectoryOrCreate') return void (await mkdir(path, { recursive: true, mode: 0o755 }));
    if (!there && type === 'FileOrCreate') return void (await writeFile(path, '', { mode: 0o644, flag: 'a' }));
    const expectation = expectations[type];
    if (!expectation || (there && expectation.holds(there))) return;
    throw new SetupError('FailedMount', `hostPath type check failed: ${path} is not a ${expectation.noun}`);
  },
};

const expectations: Readonly<Record<string, { noun: string; holds: (stats: Stats) => boolean }>> = {
  Directory: { noun: 'directory', holds: (stats) => stats.isDirectory() },
  DirectoryOrCreate: { noun: 'directory', holds: (stats) => stats.isDirectory() },
  File: { noun: 'file', holds: (stats) => stats.isFile() },
  FileOrCreate: { noun: 'file', holds: (stats) => stats.isFile() },
  Socket: { noun: 'socket file', holds: (stats) => stats.isSocket() },
  CharDevice: { noun: 'character device', holds: (stats) => stats.isCharacterDevice() },
  BlockDevice: { noun: 'block device', holds: (stats) => stats.isBlockDevice() },
};
