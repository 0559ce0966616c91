import { readFile, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ClusterPaths } from '../cluster/cluster-paths.js';
import { defaultApiPort, defaultName, readSettings, type ClusterSettings } from '../cluster/cluster-settings.js';
import { isPortFree } from '../cluster/free-ports.js';
import { cniPluginFolder } from '../local-nodes/containerd-config.js';
import { mountsBelow, shimsOf } from '../local-nodes/containers.js';
import { leftoverNetwork } from '../local-nodes/network-setup.js';
import { runningSupervisor } from '../supervisor/control.js';
import { findProgram, natsServer, postgresFolder } from '../supervisor/programs.js';

/** ok: fine. note: works, worth knowing. problem: real nodes will not work before it is dealt with. */
export interface Finding {
  readonly verdict: 'ok' | 'note' | 'problem';
  readonly text: string;
  readonly remedy?: string;
}

export interface Check {
  readonly name: string;
  readonly run: (machine: Machine) => Promise<Finding> | Finding;
}

export interface Machine {
  readonly paths: ClusterPaths;
  readonly running: boolean;
  readonly settings: Pick<ClusterSettings, 'name' | 'networkIndex' | 'apiPort'>;
}

const ok = (text: string): Finding => ({ verdict: 'ok', text });
const note = (text: string, remedy: string): Finding => ({ verdict: 'note', text, remedy });
const problem = (text: string, remedy: string): Finding => ({ verdict: 'problem', text, remedy });
const gibibyte = 1024 ** 3;

const numberIn = async (file: string): Promise<number> => Number((await readFile(file, 'utf8').catch(() => '')).trim());
const apt = (name: string): string => `npm start installs it; by hand: apt-get install ${name}`;

const program = (name: string, packageName: string): Check => ({
  name,
  run: () => {
    const path = findProgram(name);
    return path ? ok(path) : problem('not installed', apt(packageName));
  },
});

/** What keeps clusters from working on a machine, each with what to do about it. */
export const checks: readonly Check[] = [
  {
    name: 'user',
    run: () =>
      process.getuid?.() === 0
        ? ok('root')
        : problem(
            'not root, so no network namespaces',
            'sudo npm start; or with Docker: npm start; or with neither: npm start -- --runtime=hollow',
          ),
  },
  {
    name: 'nats-server',
    run: () => {
      const path = natsServer();
      return path ? ok(path) : problem('none of version 2.12 or newer', 'npm start installs it');
    },
  },
  {
    name: 'PostgreSQL',
    run: () => {
      try {
        return ok(process.env['DATABASE_URL'] ? 'yours, from DATABASE_URL' : postgresFolder());
      } catch (error) {
        return problem(error instanceof Error ? error.message : String(error), 'npm ci');
      }
    },
  },
  program('containerd', 'containerd'),
  program('runc', 'runc'),
  {
    name: 'CNI plugins',
    run: () => {
      try {
        return ok(cniPluginFolder());
      } catch {
        return problem('not installed', apt('containernetworking-plugins'));
      }
    },
  },
  program('nft', 'nftables'),
  program('iptables', 'iptables'),
  { name: 'cgroups', run: cgroups },
  { name: 'overlayfs', run: overlay },
  { name: 'IP forwarding', run: forwarding },
  { name: 'firewall', run: firewall },
  { name: 'inotify', run: inotify },
  { name: 'API port', run: apiPort },
  { name: 'disk', run: disk },
  {
    name: 'memory',
    run: () =>
      freemem() > gibibyte
        ? ok(`${gigabytes(freemem())} free`)
        : note(`${gigabytes(freemem())} free`, 'a cluster of three nodes takes about 1 GiB'),
  },
  { name: 'leftovers', run: leftovers },
];

const gigabytes = (bytes: number): string => `${(bytes / gibibyte).toFixed(1)} GiB`;

async function cgroups(): Promise<Finding> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  if (/ \/sys\/fs\/cgroup cgroup2 /.test(mounts)) return ok('version 2');
  return / cgroup .*\bmemory\b/.test(mounts)
    ? ok('version 1')
    : problem(
        'no cgroup file system with the memory controller',
        'mount one at /sys/fs/cgroup (apt-get install cgroupfs-mount)',
      );
}

async function overlay(): Promise<Finding> {
  return /\boverlay$/m.test(await readFile('/proc/filesystems', 'utf8'))
    ? ok('known to the kernel')
    : note('not known to the kernel', 'modprobe overlay');
}

async function forwarding(): Promise<Finding> {
  return (await numberIn('/proc/sys/net/ipv4/ip_forward')) === 1 ? ok('on') : note('off', 'shiplog up turns it on');
}

/** Docker sets FORWARD to DROP, which silently loses half of the nodes' traffic; up adds a rule and down takes it back. */
async function firewall({ running, settings }: Machine): Promise<Finding> {
  const rules = await promisify(execFile)('iptables', ['-S']).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
  if (rules === undefined) return note('iptables cannot be read', 'look as root');
  const drops = /^-P FORWARD DROP$/m.test(rules) || /^-N DOCKER-USER$/m.test(rules);
  if (!drops) return ok('forwards');
  if (!running)
    return note('FORWARD drops (Docker does that)', 'shiplog up adds a rule for its bridge, down takes it back');
  const accepted =
    rules.includes(`-i ${settings.name}-br -j ACCEPT`) && rules.includes(`-o ${settings.name}-br -j ACCEPT`);
  return accepted
    ? ok('FORWARD drops, but accepts the bridge of the nodes')
    : problem('FORWARD drops the traffic of the nodes', 'shiplog down, then shiplog up puts the rule back');
}

/** The kernel's default of 128 instances is soon used up: kubelets, containerd and every `tail -f` take some. */
async function inotify(): Promise<Finding> {
  const instances = await numberIn('/proc/sys/fs/inotify/max_user_instances');
  return instances >= 512
    ? ok(`${instances} instances`)
    : note(
        `${instances} instances; many nodes or watchers may need more`,
        'sysctl -w fs.inotify.max_user_instances=1024',
      );
}

async function apiPort({ running, settings: { apiPort: port } }: Machine): Promise<Finding> {
  if (running) return ok(`${port} (this cluster)`);
  return (await isPortFree(port))
    ? ok(`${port} is free`)
    : problem(`${port} is in use`, `ss -ltnp 'sport = :${port}' shows by whom; or shiplog up --api-port`);
}

async function disk({ paths }: Machine): Promise<Finding> {
  const { bavail, bsize } = await statfs(paths.home).catch(() => statfs('/'));
  const free = bavail * bsize;
  return free > 2 * gibibyte
    ? ok(`${gigabytes(free)} free`)
    : problem(`${gigabytes(free)} free`, 'make room, or choose another folder with --home');
}

/** What a killed cluster left behind. */
async function leftovers({ paths, running, settings }: Machine): Promise<Finding> {
  if (running) return ok('none (the cluster is running)');
  const [{ namespaces, links }, shims, mounts] = await Promise.all([
    leftoverNetwork(settings).catch(() => ({ namespaces: [], links: [] })),
    shimsOf(paths),
    mountsBelow(paths.nodes),
  ]);
  const found = [
    ...namespaces.map((name) => `network namespace ${name}`),
    ...links.map((name) => `interface ${name}`),
    ...(shims.length > 0 ? [`${shims.length} containerd shims`] : []),
    ...(mounts.length > 0 ? [`${mounts.length} mounts below ${paths.nodes}`] : []),
  ];
  return found.length === 0
    ? ok('none')
    : note(found.join(', '), 'shiplog down clears them away, and so does the next up');
}

/** The machine as the checks look at it: as the cluster in this folder has it, or as a new one would. */
export async function machineOf(paths: ClusterPaths): Promise<Machine> {
  const settings = await readSettings(paths);
  return {
    paths,
    running: (await runningSupervisor(paths)) !== undefined,
    settings: settings ?? { name: defaultName(paths.home), networkIndex: 0, apiPort: defaultApiPort },
  };
}
