import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '@shiplog/client';
import type { ConfigMap, Volume } from '@shiplog/domain';
import { aPod } from '../testing/pods.js';
import { writeAtomically, type VolumeFile } from './atomic-writer.js';
import { mountOf, setUpVolumes } from './pod-volumes.js';
import { serviceAccountTokens } from './service-account-tokens.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'volumes-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (text: string, mode = 0o644): VolumeFile => ({ data: Buffer.from(text), mode });
const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');
const modeOf = (...path: string[]): number => statSync(join(folder, ...path)).mode & 0o7777;
const visible = (): string[] => readdirSync(folder).filter((name) => !name.startsWith('..'));

describe('writeAtomically', () => {
  it('shows files through one link, with their modes', async () => {
    await writeAtomically(
      folder,
      new Map([
        ['a', file('1', 0o400)],
        ['sub/b', file('2')],
      ]),
      undefined,
    );
    expect([read('a'), read('sub/b'), modeOf('a')]).toEqual(['1', '2', 0o400]);
    expect(readlinkSync(join(folder, 'a'))).toBe('..data/a');
  });

  it('switches all files at once and takes away what is gone', async () => {
    await writeAtomically(
      folder,
      new Map([
        ['a', file('1')],
        ['b', file('1')],
      ]),
      undefined,
    );
    const before = realpathSync(join(folder, '..data'));
    await writeAtomically(
      folder,
      new Map([
        ['b', file('2')],
        ['c', file('2')],
      ]),
      undefined,
    );
    expect(visible().sort()).toEqual(['b', 'c']);
    expect([read('b'), read('c')]).toEqual(['2', '2']);
    expect(readdirSync(folder)).not.toContain(before);
    expect(realpathSync(join(folder, '..data'))).not.toBe(before);
  });

  it('touches nothing if nothing changed', async () => {
    const files = new Map([['a/b', file('1')]]);
    await writeAtomically(folder, files, undefined);
    const before = readlinkSync(join(folder, '..data'));
    await writeAtomically(folder, files, undefined);
    expect(readlinkSync(join(folder, '..data'))).toBe(before);
  });

  it('lets the group read', async () => {
    await writeAtomically(folder, new Map([['a', file('1', 0o400)]]), process.getgid?.());
    expect(modeOf('a')).toBe(0o440);
  });
});

describe('setUpVolumes', () => {
  const none = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} } as const;
  let configMap: ConfigMap | undefined = {
    ...none,
    data: { key: 'value', other: 'x' },
    binaryData: { raw: 'AAE=' },
  };
  const context = {
    pod: aPod({}, undefined, { labels: { a: 'b' } }),
    podIps: [],
    nodeIps: [],
    allocatable: {},
    objects: { configMap: () => Promise.resolve(configMap), secret: () => Promise.resolve(undefined) },
    tokens: { token: () => Promise.resolve('token'), forget: () => undefined },
  };
  const setUp = (volume: Omit<Volume, 'name'>) =>
    setUpVolumes(aPod({ volumes: [{ name: 'v', ...volume }] }), folder, context);
  const contents = (plugin: string): Record<string, string> => {
    const root = join(folder, `kubernetes.io~${plugin}`, 'v', '..data');
    const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      names.map((entry) => [
        join(entry.parentPath, entry.name).slice(root.length + 1),
        readFileSync(join(entry.parentPath, entry.name), 'latin1'),
      ]),
    );
  };

  it('writes a ConfigMap, all keys or the chosen ones', async () => {
    await setUp({ configMap: { name: 'cm' } });
    expect(contents('configmap')).toEqual({ key: 'value', other: 'x', raw: '\0\x01' });
    await setUp({ configMap: { name: 'cm', items: [{ key: 'key', path: 'deep/er' }] } });
    expect(contents('configmap')).toEqual({ 'deep/er': 'value' });
  });

  it('follows its changes', async () => {
    await setUp({ configMap: { name: 'cm' } });
    configMap = { ...none, data: { key: 'new' } };
    await setUp({ configMap: { name: 'cm' } });
    expect(contents('configmap')).toEqual({ key: 'new' });
  });

  it('writes fields of the pod', async () => {
    await setUp({ downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } });
    expect(contents('downward-api')).toEqual({ labels: 'a="b"' });
  });

  test.each<[string, Omit<Volume, 'name'>, string]>([
    [
      'a Secret that is missing',
      { secret: { secretName: 's' } },
      'MountVolume.SetUp failed for volume "v" : secret "s" not found',
    ],
    [
      'a key that is missing',
      { configMap: { name: 'cm', items: [{ key: 'nope', path: 'p' }] } },
      'MountVolume.SetUp failed for volume "v" : configmap references non-existent config key: nope',
    ],
    [
      'a path that must be a folder',
      { hostPath: { path: '/etc/passwd', type: 'Directory' } },
      'MountVolume.SetUp failed for volume "v" : hostPath type check failed: /etc/passwd is not a directory',
    ],
    [
      'a kind that nodes do not have',
      { nfs: { server: 's', path: '/' } },
      'MountVolume.SetUp failed for volume "v" : no volume plugin matched: this node has none for nfs',
    ],
  ])('refuses %s', async (_, volume, message) =>
    expect(setUp(volume)).rejects.toMatchObject({ reason: 'FailedMount', message }),
  );

  it('makes a host path where asked to', async () => {
    await setUp({ hostPath: { path: join(folder, 'made'), type: 'DirectoryOrCreate' } });
    await setUp({ hostPath: { path: join(folder, 'file'), type: 'FileOrCreate' } });
    expect([statSync(join(folder, 'made')).isDirectory(), statSync(join(folder, 'file')).isFile()]).toEqual([
      true,
      true,
    ]);
  });
});

describe('mountOf', () => {
  const mount = (more: object) => {
    const pod = aPod({ volumes: [{ name: 'v', hostPath: { path: folder } }] });
    return mountOf(pod, '/volumes', { name: 'v', mountPath: 'data', ...more }, (path) => path.replace('$(POD)', 'web'));
  };

  it('mounts the volume, or a path in it that is made if need be', async () => {
    expect(await mount({ readOnly: true })).toEqual({
      containerPath: '/data',
      hostPath: folder,
      readOnly: true,
      propagation: 'None',
    });
    expect((await mount({ subPathExpr: 'logs/$(POD)' })).hostPath).toBe(join(realpathSync(folder), 'logs/web'));
    expect(statSync(join(folder, 'logs/web')).isDirectory()).toBe(true);
  });

  it('does not follow a link out of the volume', async () => {
    symlinkSync('/etc', join(folder, 'link'));
    mkdirSync(join(folder, 'in'));
    symlinkSync(join(folder, 'in'), join(folder, 'inner'));
    writeFileSync(join(folder, 'in', 'x'), '');
    await expect(mount({ subPath: 'link' })).rejects.toThrow('leads out of the volume');
    await expect(mount({ subPath: 'link/ssl' })).rejects.toThrow('leads out of the volume');
    await expect(mount({ subPath: '../x' })).rejects.toThrow('is not a path below the volume');
    expect((await mount({ subPath: 'inner/x' })).hostPath).toBe(join(realpathSync(folder), 'in/x'));
  });
});

describe('serviceAccountTokens', () => {
  it('renews after four fifths of the life, and keeps the old one if that fails', async () => {
    let now = 0;
    let issued = 0;
    let isDown = false;
    const create = () => {
      if (isDown) return Promise.reject(new Error('down'));
      return Promise.resolve({
        status: { token: `t${++issued}`, expirationTimestamp: new Date(now + 1_000_000).toISOString() },
      });
    };
    const tokens = serviceAccountTokens({ create } as unknown as ApiClient, () => now);
    const ask = () => tokens.token(aPod(), undefined, 1000);
    expect(await ask()).toBe('t1');
    now = 799_000;
    expect(await ask()).toBe('t1');
    now = 801_000;
    isDown = true;
    expect(await ask()).toBe('t1');
    isDown = false;
    expect(await ask()).toBe('t2');
    tokens.forget('uid-web');
    expect(await ask()).toBe('t3');
  });
});
