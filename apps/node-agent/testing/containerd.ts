import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTestImages } from './test-images.js';

export const testImage = 'shiplog.test/busybox:1';
const pauseImage = 'shiplog.test/pause:1';

/** Why real containers cannot be tried on this machine; undefined: they can. */
export function whyNoContainers(): string | undefined {
  if (process.getuid?.() !== 0) return 'containers need root';
  const missing = ['/usr/bin/containerd', '/usr/sbin/runc', '/bin/busybox', '/usr/lib/cni/ptp'].filter(
    (file) => !existsSync(file),
  );
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : undefined;
}

export interface TestContainerd {
  readonly folder: string;
  readonly socket: string;
  stop(): Promise<void>;
}

/** A containerd of its own in a temporary folder, with the test image loaded and a pod network from `podCidr`. */
export async function startContainerd(podCidr: string): Promise<TestContainerd> {
  const folder = mkdtempSync(join(tmpdir(), 'sl-cri-'));
  const socket = join(folder, 'c.sock');
  mkdirSync(join(folder, 'cni'));
  writeFileSync(join(folder, 'cni/10-test.conflist'), JSON.stringify(network(folder, podCidr)));
  writeFileSync(join(folder, 'config.toml'), configuration(folder, socket));
  const log = openSync(join(folder, 'containerd.log'), 'w');
  const daemon = spawn('containerd', ['-c', join(folder, 'config.toml')], { stdio: ['ignore', log, log] });
  const ctr = (...args: string[]): string =>
    execFileSync('ctr', ['-a', socket, '-n', 'k8s.io', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  await eventually(
    () => ctr('version'),
    () => readFileSync(join(folder, 'containerd.log'), 'utf8'),
  );
  ctr('images', 'import', writeTestImages(folder, [testImage, pauseImage]));
  return {
    folder,
    socket,
    stop: async () => {
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await ended;
      unmountBelow(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function eventually(act: () => unknown, explain: () => string): Promise<void> {
  for (let tried = 0; ; tried++) {
    try {
      return void act();
    } catch (error) {
      if (tried === 100) throw new Error(`containerd did not start: ${explain()}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Removes the control groups below `root` that the tests' containers left empty. */
export function removeTestCgroups(root: string): void {
  for (const controller of ['', ...readdirSync('/sys/fs/cgroup')]) {
    const folder = join('/sys/fs/cgroup', controller, root);
    if (!existsSync(folder)) continue;
    const below = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
    const folders = [...below.map((entry) => join(entry.parentPath, entry.name)), folder];
    for (const path of folders.toSorted((a, b) => b.length - a.length)) rmdirSync(path);
  }
}

function unmountBelow(folder: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse())
    execFileSync('umount', ['-l', mount]);
}

const network = (folder: string, subnet: string): object => ({
  cniVersion: '1.0.0',
  name: 'test',
  plugins: [
    {
      type: 'ptp',
      ipMasq: false,
      ipam: {
        type: 'host-local',
        dataDir: join(folder, 'ipam'),
        ranges: [[{ subnet }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

const configuration = (folder: string, socket: string): string => `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "${folder}/state/runc"
`;
