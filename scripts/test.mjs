// npm test [project…] [path…] [-- jest options]: runs the Jest projects (unit and int by default) on the Node.js that Shiplog needs. Installs what they need.
import { spawnSync } from 'node:child_process';
import { withCluster } from './e2e-cluster.mjs';
import { ensureNatsServer, ensureNodeModules, ensureSystemPrograms } from './prerequisites.mjs';
import { main, together } from './progress.mjs';
import { node, root, runScript } from './toolchain.mjs';

const args = process.argv.slice(2);
const known = ['unit', 'int', 'e2e'];
const given = args.filter((arg) => known.includes(arg));
const projects = given.length > 0 ? given : ['unit', 'int'];
const paths = args.filter((arg) => !known.includes(arg) && !arg.startsWith('-'));
const options = args.filter((arg) => arg.startsWith('-'));

await main(async () => {
  const withServers = projects.some((project) => project !== 'unit');
  // Rules and network namespaces are tested where the tests run as root.
  const withRules = withServers && process.getuid?.() === 0;
  await together(ensureNodeModules(), withServers && ensureNatsServer(), withRules && ensureSystemPrograms());
  runScript('scripts/generate.mjs');
  const selection = paths.length > 0 ? ['--testPathPatterns', ...paths] : [];
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', ...projects, ...selection, ...options];
  if (!projects.includes('e2e')) return runScript(jest[0], jest.slice(1));
  runScript('scripts/build.mjs');
  await withCluster((home) => {
    const env = { ...process.env, SHIPLOG_E2E_HOME: home };
    process.exitCode = spawnSync(node(), [...jest, '--runInBand'], { cwd: root, stdio: 'inherit', env }).status ?? 1;
  });
});
