// npm start: from a bare Linux machine to a running cluster with an example app. Needs no dependency and runs on Node.js 20.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNatsServer, ensureNodeModules, ensureSystemPrograms, missingSystemPrograms } from './prerequisites.mjs';
import { Failure, main, note, say, step } from './progress.mjs';
import { node, root } from './toolchain.mjs';

const args = process.argv.slice(2);
const hollow = args.some((arg, i) => arg === '--runtime=hollow' || (arg === '--runtime' && args[i + 1] === 'hollow'));
const succeeds = (command, ...rest) => spawnSync(command, rest, { stdio: 'ignore' }).status === 0;

/** Nodes are network namespaces (root), containers of docker-compose.yml (Docker), or simulated (asked for by name). */
function chooseNodes() {
  if (process.platform !== 'linux')
    throw new Failure(`Shiplog runs on Linux; this is ${process.platform}. With Docker: docker compose up`);
  if (hollow) return 'hollow';
  if (process.getuid() === 0) return 'local';
  if (succeeds('docker', 'compose', 'version') && succeeds('docker', 'info')) return 'compose';
  const missing = missingSystemPrograms().map(({ what, apt }) => `  ${what} (${apt} on Debian and Ubuntu)`);
  throw new Failure(
    [
      'Nodes with real containers need one of these:',
      '  root: sudo npm start',
      '  Docker with compose, usable by this user: docker info',
      ...(missing.length > 0 ? ['Besides root, these are missing:', ...missing] : []),
      'Or try it with simulated containers, without either:',
      '  npm start -- --runtime=hollow',
    ].join('\n'),
  );
}

function runShiplog(...rest) {
  const { status } = spawnSync(node(), [join(root, 'apps/cli/dist/main.js'), ...rest], { cwd: root, stdio: 'inherit' });
  if (status !== 0)
    throw new Failure(
      'The cluster could not be started; what failed and its log stand above. npm run shiplog -- doctor checks this machine.',
    );
}

async function startLocal(nodes) {
  await ensureNodeModules();
  if (nodes === 'local') await ensureSystemPrograms();
  await ensureNatsServer();
  await step('built', () => runBuild());
  runShiplog('up', '--example', join(root, 'examples/hello/hello.yaml'), ...args);
}

function runBuild() {
  const { status, stdout, stderr } = spawnSync(node(), [join(root, 'scripts/run.mjs'), 'build'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Failure(`The build failed:\n${stdout}${stderr}`);
}

function startCompose() {
  note('no root, but Docker: nodes are the containers of docker-compose.yml');
  const { status } = spawnSync(join(root, 'scripts/compose.mjs'), ['up', ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0)
    throw new Failure('docker compose failed; what it said stands above. docker compose logs tells more.');
}

await main(async () => {
  say('Starting Shiplog');
  const nodes = chooseNodes();
  if (!existsSync(join(root, 'package-lock.json')))
    throw new Failure(`${root} is not a checkout of Shiplog: package-lock.json is missing`);
  await (nodes === 'compose' ? startCompose() : startLocal(nodes));
});
