#!/usr/bin/env node
// npm run compose -- up|down|reset|status|logs|test: the cluster of docker-compose.yml. `test` brings it up under a name of its own, uses it, and removes it.
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBaseImage } from './base-image.mjs';
import { composeStatus } from './compose-status.mjs';
import { rememberCompose } from './compose-home.mjs';
import { composeCommand, output } from './docker.mjs';
import { isImageCurrent } from './image-age.mjs';
import { ensureNatsServer, ensureNodeModules, findNatsServer, runLogged } from './prerequisites.mjs';
import { Failure, main, say, step, together } from './progress.mjs';
import { node, root } from './toolchain.mjs';

const project = 'shiplog';
const cli = join(root, 'apps/cli/dist/main.js');
const example = join(root, 'examples/hello/hello.yaml');

/** Runs Compose; what it says is in a log, and told if it fails. */
const runCompose = ([command, ...first], args) => runLogged(`compose-${args[0]}`, command, [...first, ...args]);

/** Runs Compose where what it says is the result. */
function showCompose([command, ...first], args) {
  const { status } = spawnSync(command, [...first, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0)
    throw new Failure(`${command} ${args.join(' ')} ended with status ${status}; what it said stands above.`);
}

async function buildImage(compose) {
  const baseImage = ensureBaseImage();
  await together(ensureNodeModules(), ensureNatsServer(), baseImage);
  await step('built', () => void output(node(), [join(root, 'scripts/run.mjs'), 'build'], { cwd: root }));
  if (await isImageCurrent()) return;
  await mkdir(join(root, '.cache/bin'), { recursive: true });
  await copyFile(await findNatsServer(), join(root, '.cache/bin/nats-server'));
  process.env.SHIPLOG_BASE_IMAGE = await baseImage;
  await step(
    'image shiplog:local',
    () => runCompose(compose, ['build', 'setup']),
    'building the image shiplog:local (a minute or so)',
  );
}

const start = (compose) =>
  step(
    'containers started',
    () => runCompose(compose, ['up', '--detach', '--remove-orphans']),
    'starting the containers',
  );

/** The kubeconfig that setup has written. */
const kubeconfigOf = ([command, ...first]) =>
  output(
    command,
    [...first, 'run', '--rm', '--no-deps', '-T', '--entrypoint', 'cat', 'setup', '/var/lib/shiplog/kubeconfig'],
    { cwd: root },
  );

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
  kubectl(kubeconfig, 'apply', '-f', example);
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

async function up(args) {
  if (args.length > 0)
    throw new Failure(`${args.join(' ')}: docker-compose.yml says what its cluster is like, and takes no options.`);
  const compose = await composeCommand(project);
  await buildImage(compose);
  await rememberCompose();
  await start(compose);
  const { status } = spawnSync(node(), [cli, 'compose', 'ready', '--example', example], {
    ...{ cwd: root, input: kubeconfigOf(compose), stdio: ['pipe', 'inherit', 'inherit'] },
  });
  if (status !== 0)
    throw new Failure(
      'The cluster is not complete. npx shiplog status shows how it fares, npx shiplog logs <role> what a process says.',
    );
}

async function withKubeconfig(text, use) {
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-compose-'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, text, { mode: 0o600 });
    return await use(kubeconfig);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function test() {
  const compose = await composeCommand(`${project}-test`);
  await buildImage(compose);
  try {
    await start(compose);
    await withKubeconfig(kubeconfigOf(compose), async (kubeconfig) => {
      say(`   ${await useCluster(kubeconfig)}`);
      await step('pods reach Services and names across nodes', () => {
        const ask = ['wget', '-qO-', 'http://hello.default.svc.cluster.local'];
        const said = kubectl(kubeconfig, 'exec', 'deployment/hello', '--', ...ask);
        if (!said.startsWith('Hello from')) throw new Failure(`the app said ${said}`);
      });
      await step('a node that is stopped comes back with its pods', async () => {
        await runCompose(compose, ['restart', 'node-2']);
        await until('the app', 90_000, () =>
          kubectl(kubeconfig, 'rollout', 'status', 'deployment/hello', '--timeout=5s'),
        );
      });
    });
  } catch (error) {
    showCompose(compose, ['ps']);
    showCompose(compose, ['logs', '--tail=15']);
    throw error;
  } finally {
    if (!process.env.SHIPLOG_KEEP) await runCompose(compose, ['down', '--volumes', '--timeout', '5']);
  }
}

/** Containers go, volumes stay: the next start resumes. */
async function down() {
  const compose = await composeCommand(project);
  await step('containers stopped', () => runCompose(compose, ['down']), 'stopping the containers');
}

async function reset() {
  const compose = await composeCommand(project);
  await step(
    'containers and volumes deleted',
    () => runCompose(compose, ['down', '--volumes', '--timeout', '5']),
    'deleting containers and volumes',
  );
  output(node(), [cli, 'compose', 'forget'], { cwd: root });
}

/** Logs of a process by the name that it has elsewhere; its container's. */
async function logs([role = '', ...options]) {
  const container = /node-\d+$/.exec(role)?.[0] ?? { 'nats-server': 'nats' }[role] ?? role;
  const known = options.map((option) => (option === '-n' ? '--tail' : option));
  showCompose(await composeCommand(project), ['logs', '--no-log-prefix', ...known, container]);
}

const commands = {
  up,
  down,
  reset,
  logs,
  test,
  status: async (args) => composeStatus(await composeCommand(project), args),
};

await main(async () => {
  const [command = 'up', ...args] = process.argv.slice(2);
  if (!commands[command])
    throw new Failure(`compose: no command ${command}; there are: ${Object.keys(commands).join(', ')}`);
  await commands[command](args);
});
