// npm start: from a bare Linux machine to a running cluster with an example app. Needs no dependency and runs on Node.js 20.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chooseNodes } from './choose-nodes.mjs';
import { rememberedCluster } from './compose-home.mjs';
import { whatKeepsFromDocker } from './docker.mjs';
import { ensureNatsServer, ensureNodeModules, ensureSystemPrograms, missingSystemPrograms } from './prerequisites.mjs';
import { Failure, main, note, say, step, together } from './progress.mjs';
import { node, root } from './toolchain.mjs';

const args = process.argv.slice(2);
const runtime = args
  .map((arg, i) => (arg === '--runtime' ? args[i + 1] : /^--runtime=(.*)$/.exec(arg)?.[1]))
  .find(Boolean);

function nodesOfThisMachine() {
  if (process.platform !== 'linux')
    throw new Failure(`Shiplog runs on Linux; this is ${process.platform}. With Docker: npm run compose -- up`);
  const isRoot = process.getuid() === 0;
  const namesHome = args.some((arg) => /^--home(=|$)/.test(arg));
  const choice = chooseNodes({
    ...{ isRoot, runtime, remembered: namesHome ? undefined : rememberedCluster() },
    hindrance: isRoot || runtime === 'hollow' ? undefined : whatKeepsFromDocker(),
    missingPrograms: missingSystemPrograms(),
  });
  if ('refusal' in choice) throw new Failure(choice.refusal);
  return choice.nodes;
}

function runShiplog(...rest) {
  const { status } = spawnSync(node(), [join(root, 'apps/cli/dist/main.js'), ...rest], { cwd: root, stdio: 'inherit' });
  if (status !== 0)
    throw new Failure(
      'The cluster could not be started; what failed and its log stand above. npm run shiplog -- doctor checks this machine.',
    );
}

async function startLocal(nodes) {
  await together(ensureNodeModules(), nodes === 'local' && ensureSystemPrograms(), ensureNatsServer());
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
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/compose.mjs'), 'up', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

await main(async () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new Failure(`Shiplog needs Node.js 20.19 or newer; this is ${process.version}.`);
  if (!existsSync(join(root, 'package-lock.json')))
    throw new Failure(`${root} is not a checkout of Shiplog: package-lock.json is missing`);
  say('Starting Shiplog');
  const nodes = nodesOfThisMachine();
  await (nodes === 'compose' ? startCompose() : startLocal(nodes));
});
