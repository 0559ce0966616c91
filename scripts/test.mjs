// npm test [project…] [path…] [-- jest options]: runs the Jest projects (unit and int by default) on the Node.js that Shiplog needs. Installs what they need.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNatsServer, ensureNodeModules } from './prerequisites.mjs';
import { main } from './progress.mjs';
import { root, runScript } from './toolchain.mjs';

const args = process.argv.slice(2);
const known = ['unit', 'int', 'e2e'];
const given = args.filter((arg) => known.includes(arg));
const projects = given.length > 0 ? given : ['unit', 'int'];
const paths = args.filter((arg) => !known.includes(arg) && !arg.startsWith('-'));
const options = args.filter((arg) => arg.startsWith('-'));

await main(async () => {
  await ensureNodeModules();
  if (projects.some((project) => project !== 'unit')) await ensureNatsServer();
  if (existsSync(join(root, 'scripts/generate.mjs'))) runScript('scripts/generate.mjs');
  const selection = paths.length > 0 ? ['--testPathPatterns', ...paths] : [];
  runScript('node_modules/jest/bin/jest.js', ['--selectProjects', ...projects, ...selection, ...options]);
});
