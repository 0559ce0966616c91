// Finds what Shiplog needs on this machine and installs what is missing. Needs no dependency and runs on Node.js 20.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Failure, note, step } from './progress.mjs';
import { root } from './toolchain.mjs';

const run = promisify(execFile);
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shiplog');
export const programCache = join(cache, 'bin');
const installLog = join(cache, 'install.log');

const nats = { version: '2.15.2', atLeast: [2, 12] };
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const searchPath = () => [...new Set([...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...systemFolders])];
const find = (name, folders = searchPath()) =>
  folders.map((folder) => join(folder, name)).find((path) => existsSync(path));

/** What real nodes need of the system: how to tell that it is there, and Debian's package of it. */
const systemPrograms = [
  { what: 'containerd', there: () => find('containerd'), apt: 'containerd' },
  { what: 'runc', there: () => find('runc'), apt: 'runc' },
  {
    what: 'CNI plugins',
    there: () => find('ptp', ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni']),
    apt: 'containernetworking-plugins',
  },
  { what: 'nft', there: () => find('nft'), apt: 'nftables' },
  { what: 'iptables', there: () => find('iptables'), apt: 'iptables' },
  { what: 'ip', there: () => find('ip'), apt: 'iproute2' },
  { what: 'nsenter', there: () => find('nsenter'), apt: 'util-linux' },
  { what: 'mount', there: () => find('mount'), apt: 'mount' },
  { what: 'a static busybox', there: staticBusybox, apt: 'busybox-static' },
  { what: 'CA certificates', there: () => existsSync('/etc/ssl/certs/ca-certificates.crt'), apt: 'ca-certificates' },
];

/** A static program names no loader. */
function staticBusybox() {
  const path = find('busybox');
  return path !== undefined && !readFileSync(path).includes('/ld-linux');
}

/** What is missing of the system for real nodes: `{ what, apt }`. */
export const missingSystemPrograms = () =>
  systemPrograms.filter(({ there }) => !there()).map(({ what, apt }) => ({ what, apt }));

/** Runs an installer quietly; all it says is in the install log. */
export function runLogged(command, args, options = {}) {
  mkdirSync(cache, { recursive: true });
  const log = openSync(installLog, 'a');
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', log, log], ...options });
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Failure(`${command} ${args.join(' ')} ${why}.\nIts output is in ${installLog}.`));
    child.once('error', (error) => fail(`could not be run: ${error.message}`));
    child.once('exit', (status, signal) =>
      status === 0 ? resolve() : fail(`ended with ${signal ?? `status ${status}`}`),
    );
  }).finally(() => closeSync(log));
}

/** The npm packages of package-lock.json. */
export async function ensureNodeModules() {
  const modified = async (file) => (await stat(join(root, file)).catch(() => undefined))?.mtimeMs ?? 0;
  // npm writes this file last, so it also tells of an installation that was broken off.
  if ((await modified('node_modules/.package-lock.json')) >= (await modified('package-lock.json'))) return;
  await step('npm packages installed', async () => {
    // A registry that mirrors the packages of some platforms only makes npm ci take the lock file for broken; npm install
    // leaves those out, for they are optional, and keeps to the lock file too.
    await runLogged('npm', ['ci']).catch(() => runLogged('npm', ['install', '--no-save']));
  });
}

/** The system's packages for real nodes; by apt as root on Debian and Ubuntu. */
export async function ensureSystemPrograms() {
  const missing = missingSystemPrograms();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(({ apt }) => apt))];
  if (!find('apt-get') || process.getuid?.() !== 0)
    throw new Failure(
      `These are missing: ${missing.map(({ what }) => what).join(', ')}.\nInstall them (on Debian and Ubuntu: apt-get install ${packages.join(' ')}), then run npm start again.`,
    );
  note(`installing ${packages.join(', ')} (apt)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await step('system packages installed', async () => {
    await runLogged('apt-get', ['update'], { env });
    // A package that starts a service of its own would take ports and rules that nobody asked it for.
    await runLogged('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env });
  });
  const still = missingSystemPrograms();
  if (still.length > 0)
    throw new Failure(
      `apt-get installed ${packages.join(', ')}, yet these are missing: ${still.map(({ what }) => what).join(', ')}.`,
    );
}

/** The first nats-server that is new enough, on the search path, in the cache or among those that Go installed. */
export async function findNatsServer() {
  const folders = [...searchPath(), programCache, join(process.env.GOPATH || join(homedir(), 'go'), 'bin')];
  for (const folder of folders) {
    const path = join(folder, 'nats-server');
    if (existsSync(path) && (await isNewEnough(path))) return path;
  }
  return undefined;
}

async function isNewEnough(path) {
  const { stdout } = await run(path, ['--version']).catch(() => ({ stdout: '' }));
  const [major = 0, minor = 0] = (/v(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number);
  return major > nats.atLeast[0] || (major === nats.atLeast[0] && minor >= nats.atLeast[1]);
}

/** A nats-server that is new enough: found, or from its release, or built by Go. Puts its folder first on PATH. */
export async function ensureNatsServer() {
  const path = (await findNatsServer()) ?? (await installNatsServer());
  process.env.PATH = [join(path, '..'), process.env.PATH].join(delimiter);
}

async function installNatsServer() {
  await mkdir(programCache, { recursive: true });
  const problems = [];
  for (const [what, install] of [
    ['its release', fromRelease],
    ['Go', fromGo],
  ]) {
    try {
      await step(`nats-server ${nats.version} installed from ${what}`, install);
      return join(programCache, 'nats-server');
    } catch (error) {
      problems.push(`from ${what}: ${error.message.split('\n')[0]}`);
    }
  }
  throw new Failure(
    `nats-server ${nats.atLeast.join('.')} or newer is needed and could not be installed.\n${problems.map((p) => `  ${p}`).join('\n')}\nPut one on PATH (https://github.com/nats-io/nats-server/releases), then run npm start again.`,
  );
}

async function fromRelease() {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch];
  const name = `nats-server-v${nats.version}-linux-${architecture}`;
  const base = `https://github.com/nats-io/nats-server/releases/download/v${nats.version}`;
  const download = async (file) => {
    const answer = await fetch(`${base}/${file}`, { signal: AbortSignal.timeout(120_000) });
    if (!answer.ok) throw new Error(`${base}/${file} answers ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  const [archive, sums] = [await download(`${name}.tar.gz`), (await download('SHA256SUMS')).toString()];
  const wanted = sums
    .split('\n')
    .find((line) => line.endsWith(`${name}.tar.gz`))
    ?.split(/\s+/)[0];
  if (createHash('sha256').update(archive).digest('hex') !== wanted)
    throw new Error(`${name}.tar.gz does not have the checksum of its release`);
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-nats-'));
  await writeFile(join(folder, 'archive.tar.gz'), archive);
  await run('tar', ['-xzf', join(folder, 'archive.tar.gz'), '-C', folder]);
  await place(join(folder, name, 'nats-server'));
  await rm(folder, { recursive: true });
}

async function fromGo() {
  const go = find('go', [...searchPath(), '/usr/local/go/bin']);
  if (!go) throw new Error('Go is not installed');
  await runLogged(go, ['install', `github.com/nats-io/nats-server/v2@v${nats.version}`], {
    env: { ...process.env, GOBIN: programCache },
  });
}

/** Copies a program into the cache in one step, so that an interrupted copy is never taken for it. */
async function place(from) {
  const target = join(programCache, 'nats-server');
  await writeFile(`${target}.new`, await readFile(from));
  await chmod(`${target}.new`, 0o755);
  await rename(`${target}.new`, target);
}
