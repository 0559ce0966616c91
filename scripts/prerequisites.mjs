// Finds what Shiplog needs on this machine and installs what is missing. Needs no dependency and runs on Node.js 20.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Failure, note, step } from './progress.mjs';
import { root } from './toolchain.mjs';

const run = promisify(execFile);
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shiplog');
export const programCache = join(cache, 'bin');

const nats = { version: '2.15.2', atLeast: [2, 12] };
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const searchPath = () => [...new Set([...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...systemFolders])];
/** The path of a program; also of one that only root has on its search path. */
export const find = (name, folders = searchPath()) =>
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

/** Runs an installer quietly; all it says is in a log of this name. If it fails, its last words and the remedy are told. */
export async function runLogged(name, command, args, { remedy, ...options } = {}) {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `${name}.log`);
  const log = openSync(file, 'w');
  try {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', log, log], ...options });
    const ending = await new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be run: ${error.message}`));
      child.once('exit', (status, signal) =>
        resolve(status === 0 ? undefined : `ended with ${signal ?? `status ${status}`}`),
      );
    });
    if (ending !== undefined)
      throw new Failure(
        [
          `${command} ${args.join(' ')} ${ending}.`,
          ...lastWords(file),
          `Log: ${file}`,
          ...(remedy ? [remedy] : []),
        ].join('\n'),
      );
  } finally {
    closeSync(log);
  }
}

/** What a log says went wrong: the first lines that it marks as errors, else its end. */
function lastWords(file) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /^(npm error \S|[EW]:|ERROR)/.test(line));
  return (errors.length > 0 ? errors.slice(0, 6) : lines.slice(-8)).map((line) => `  ${line.slice(0, 300)}`);
}

/** The npm packages of package-lock.json. */
export async function ensureNodeModules() {
  if (await hasLockedModules()) return;
  const remedy =
    'Is the registry in reach? npm config get registry says which one it is, npm ping whether it answers. Then run the same command again.';
  // npm's own patience with a registry that does not answer is minutes.
  const patience = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=10000'];
  await step(
    'npm packages installed',
    () => runLogged('npm', 'npm', ['ci', '--no-audit', '--no-fund', ...patience], { remedy }),
    'installing the npm packages (about 500 MB on disk)',
  );
}

/** Whether node_modules holds what the lock file names. npm writes its own list last, so it also tells of an installation that was broken off. */
async function hasLockedModules() {
  const packagesOf = async (file) =>
    JSON.parse(await readFile(join(root, file), 'utf8').catch(() => '{}')).packages ?? {};
  const locked = await packagesOf('package-lock.json');
  const installed = await packagesOf('node_modules/.package-lock.json');
  return Object.entries(locked).every(
    ([path, { version, optional }]) =>
      path === '' || (installed[path] ? installed[path].version === version : optional === true),
  );
}

/** The system's packages for real nodes; by apt as root on Debian and Ubuntu. */
export async function ensureSystemPrograms() {
  const missing = missingSystemPrograms();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(({ apt }) => apt))];
  if (!find('apt-get') || process.getuid?.() !== 0)
    throw new Failure(
      `These are missing: ${missing.map(({ what }) => what).join(', ')}.\nInstall them (on Debian and Ubuntu: apt-get install ${packages.join(' ')}), then run the same command again.`,
    );
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    remedy: `Mend that, or install them by hand (apt-get install ${packages.join(' ')}); then run the same command again.`,
  };
  // Another apt, such as the unattended one of a machine that has just started, is waited for.
  const patience = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3'];
  await step(
    'system packages installed',
    async () => {
      // A mirror that does not answer matters only if a package then cannot be had.
      const update = ['update', '-o', 'APT::Update::Error-Mode=any', ...patience];
      const stale = await runLogged('apt-update', 'apt-get', update).catch((error) => error);
      // A package that starts a service of its own would take ports and rules that nobody asked it for.
      const install = ['install', '-y', '--no-install-recommends', ...patience, ...packages];
      await runLogged('apt', 'apt-get', install, options).catch((error) => {
        throw stale ? new Failure(`${stale.message}\n${error.message}`) : error;
      });
    },
    `installing ${packages.join(', ')} (apt)`,
  );
  const still = missingSystemPrograms();
  if (still.length > 0)
    throw new Failure(
      `apt-get installed ${packages.join(', ')}, yet these are missing: ${still.map(({ what }) => what).join(', ')}.\nLog: ${join(cache, 'apt.log')}`,
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
  const installed = join(programCache, 'nats-server');
  const what = `nats-server ${nats.version} installed`;
  let refusal = '';
  const release = async () => {
    try {
      await fromRelease();
      return true;
    } catch (error) {
      refusal = error.message;
      return false;
    }
  };
  if (await step(what, release, `downloading nats-server ${nats.version}`)) return installed;
  const go = find('go', [...searchPath(), '/usr/local/go/bin']);
  try {
    if (!go) throw new Failure('it is not installed');
    note(`nats-server's release cannot be had: ${refusal}`);
    await step(what, () => fromGo(go), `building nats-server ${nats.version} with Go (a minute or two)`);
    return installed;
  } catch (error) {
    throw new Failure(
      [
        `nats-server ${nats.atLeast.join('.')} or newer is needed and could not be installed.`,
        `As its release: ${refusal}`,
        `With Go: ${error.message}`,
        'Put one on PATH (https://github.com/nats-io/nats-server/releases) or mend either of these; then run the same command again.',
      ].join('\n'),
    );
  }
}

async function fromRelease() {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch];
  const name = `nats-server-v${nats.version}-linux-${architecture}`;
  const base = `https://github.com/nats-io/nats-server/releases/download/v${nats.version}`;
  const download = async (file) => {
    const answer = await fetch(`${base}/${file}`, { signal: AbortSignal.timeout(120_000) }).catch((error) => {
      throw new Failure(`${base} is not in reach (${error.cause?.message ?? error.message})`);
    });
    if (!answer.ok) throw new Failure(`${base}/${file} answers ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  const [archive, sums] = [await download(`${name}.tar.gz`), (await download('SHA256SUMS')).toString()];
  const wanted = sums
    .split('\n')
    .find((line) => line.endsWith(`${name}.tar.gz`))
    ?.split(/\s+/)[0];
  if (createHash('sha256').update(archive).digest('hex') !== wanted)
    throw new Failure(`${name}.tar.gz does not have the checksum of its release`);
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-nats-'));
  await writeFile(join(folder, 'archive.tar.gz'), archive);
  await run('tar', ['-xzf', join(folder, 'archive.tar.gz'), '-C', folder]);
  await place(join(folder, name, 'nats-server'));
  await rm(folder, { recursive: true });
}

async function fromGo(go) {
  await runLogged('nats-server', go, ['install', `github.com/nats-io/nats-server/v2@v${nats.version}`], {
    env: { ...process.env, GOBIN: programCache },
    remedy: 'Is the Go module proxy in reach (go env GOPROXY), and is Go 1.21 or newer (go version)?',
  });
}

/** Copies a program into the cache in one step, so that an interrupted copy is never taken for it. */
async function place(from) {
  const target = join(programCache, 'nats-server');
  await writeFile(`${target}.new`, await readFile(from));
  await chmod(`${target}.new`, 0o755);
  await rename(`${target}.new`, target);
}
