#!/usr/bin/env node
// npm run compose -- up|down|reset|test: the cluster of docker-compose.yml. `test` brings it up under a name of its own, uses it, and removes it.
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureNatsServer, ensureNodeModules, findNatsServer, runLogged } from './prerequisites.mjs';
import { Failure, main, note, say, step } from './progress.mjs';
import { node, root } from './toolchain.mjs';

const baseImage = 'debian:bookworm-slim';
const localBaseImage = 'shiplog-base:local';
/** What nodes need of the system; the same packages as in the Dockerfile. */
const packages =
  'containerd,runc,containernetworking-plugins,nftables,iptables,iproute2,util-linux,mount,busybox-static,ca-certificates';

const succeeds = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const output = (command, args, options = {}) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0)
    throw new Failure(`${command} ${args.join(' ')} failed: ${(stderr || error?.message || '').trim()}`);
  return stdout;
};

/** Compose as this machine has it: the plugin, or the older program, which does not know every key. */
async function composeCommand(project) {
  const arguments_ = ['--project-name', project, '--project-directory', root];
  if (succeeds('docker', 'compose', 'version'))
    return ['docker', 'compose', ...arguments_, '--file', join(root, 'docker-compose.yml')];
  if (!succeeds('docker-compose', 'version'))
    throw new Failure('Docker Compose is missing (on Debian and Ubuntu: apt-get install docker-compose).');
  if (!/cgroupns/.test(output('docker', ['info', '--format', '{{.SecurityOptions}}'])))
    note('docker-compose 1 knows no "cgroup: host"; on this machine that is the default');
  const file = join(await mkdtemp(join(tmpdir(), 'shiplog-compose-')), 'docker-compose.yml');
  const text = await readFile(join(root, 'docker-compose.yml'), 'utf8');
  await writeFile(file, text.replace(/^ +cgroup: host\n/m, ''));
  return ['docker-compose', ...arguments_, '--file', file];
}

function runCompose([command, ...first], args, options = {}) {
  const { status } = spawnSync(command, [...first, ...args], { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (status !== 0)
    throw new Failure(`${command} ${args.join(' ')} ended with status ${status}; what it said stands above.`);
}

/** The base image, from the registry or, where none is in reach, made here from Debian's packages. */
async function chooseBaseImage() {
  if (process.env.SHIPLOG_BASE_IMAGE) return process.env.SHIPLOG_BASE_IMAGE;
  for (const image of [baseImage, localBaseImage]) if (succeeds('docker', 'image', 'inspect', image)) return image;
  if (succeeds('docker', 'pull', '--quiet', baseImage)) return baseImage;
  if (!succeeds('debootstrap', '--version'))
    throw new Failure(
      `${baseImage} cannot be pulled, and debootstrap, which could make a base image here, is missing (apt-get install debootstrap).`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-base-'));
  await step('base image made here (no registry is in reach)', async () => {
    await runLogged('debootstrap', ['--variant=minbase', `--include=${packages}`, 'bookworm', folder]);
    await runLogged('sh', ['-c', `tar -C "$0" -c . | docker import - ${localBaseImage}`, folder]);
  });
  await rm(folder, { recursive: true });
  return localBaseImage;
}

async function buildImage(compose) {
  await ensureNodeModules();
  await ensureNatsServer();
  await step('built', () => void output(node(), [join(root, 'scripts/run.mjs'), 'build'], { cwd: root }));
  await mkdir(join(root, '.cache/bin'), { recursive: true });
  await copyFile(await findNatsServer(), join(root, '.cache/bin/nats-server'));
  process.env.SHIPLOG_BASE_IMAGE = await chooseBaseImage();
  await step('image shiplog:local', () => runCompose(compose, ['build', 'setup']));
}

/** The kubeconfig that setup has written. */
const kubeconfigOf = ([command, ...first]) =>
  output(
    command,
    [...first, 'run', '--rm', '--no-deps', '-T', '--entrypoint', 'cat', 'setup', '/var/lib/shiplog/kubeconfig'],
    { cwd: root },
  );

const shiplog = (args, options) =>
  output(node(), [join(root, 'apps/cli/dist/main.js'), ...args], { cwd: root, ...options });
const kubectl = (kubeconfig, ...args) => output('kubectl', args, { env: { ...process.env, KUBECONFIG: kubeconfig } });

async function until(what, ms, ask) {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw new Failure(`${what}: ${error.message}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Nodes Ready, the app deployed, and answering through its Service on the published port. */
async function useCluster(kubeconfig) {
  await step('3 nodes Ready', () =>
    until('nodes', 120_000, () => {
      const ready = kubectl(kubeconfig, 'get', 'nodes').match(/ Ready /g)?.length ?? 0;
      if (ready < 3) throw new Error(`${ready} of 3 are Ready`);
    }),
  );
  kubectl(kubeconfig, 'apply', '-f', join(root, 'examples/hello/hello.yaml'));
  await step('example app available', () =>
    kubectl(kubeconfig, 'rollout', 'status', 'deployment/hello', '--timeout=90s'),
  );
  const answer = await step('example app answers on http://127.0.0.1:30080', () =>
    until('the app', 30_000, async () =>
      (await fetch('http://127.0.0.1:30080', { signal: AbortSignal.timeout(2_000) })).text(),
    ),
  );
  return answer.trim();
}

async function up() {
  const compose = await composeCommand('shiplog');
  await buildImage(compose);
  await step('containers started', () => runCompose(compose, ['up', '--detach']));
  const text = kubeconfigOf(compose);
  shiplog(['compose', 'trust'], { input: text });
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-compose-'));
  await writeFile(join(folder, 'kubeconfig'), text, { mode: 0o600 });
  say(`\n${await useCluster(join(folder, 'kubeconfig'))}`);
  await rm(folder, { recursive: true });
  say('\nTry: kubectl get pods -o wide; npm run compose -- down stops it, npm run compose -- reset wipes it.');
}

async function test() {
  const compose = await composeCommand('shiplog-test');
  await buildImage(compose);
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-compose-'));
  const kubeconfig = join(folder, 'kubeconfig');
  try {
    await step('containers started', () => runCompose(compose, ['up', '--detach']));
    await writeFile(kubeconfig, kubeconfigOf(compose), { mode: 0o600 });
    say(`   ${await useCluster(kubeconfig)}`);
    await step('pods reach Services and names across nodes', () => {
      const said = kubectl(
        kubeconfig,
        'exec',
        'deployment/hello',
        '--',
        'wget',
        '-qO-',
        'http://hello.default.svc.cluster.local',
      );
      if (!said.startsWith('Hello from')) throw new Failure(`the app said ${said}`);
    });
    await step('a node that is stopped comes back with its pods', async () => {
      runCompose(compose, ['restart', 'node-2']);
      await until('the app', 90_000, () =>
        kubectl(kubeconfig, 'rollout', 'status', 'deployment/hello', '--timeout=5s'),
      );
    });
  } catch (error) {
    runCompose(compose, ['ps']);
    runCompose(compose, ['logs', '--tail=15']);
    throw error;
  } finally {
    if (!process.env.SHIPLOG_KEEP) runCompose(compose, ['down', '--volumes', '--timeout', '5']);
    await rm(folder, { recursive: true });
  }
}

const commands = {
  up,
  test,
  down: async () => runCompose(await composeCommand('shiplog'), ['down']),
  reset: async () => runCompose(await composeCommand('shiplog'), ['down', '--volumes']),
};

await main(async () => {
  const [command = 'up'] = process.argv.slice(2);
  if (!commands[command])
    throw new Failure(`compose: no command ${command}; there are: ${Object.keys(commands).join(', ')}`);
  await commands[command]();
});
