// npm test [project…] [path…] [-- jest options]: runs the Jest projects (unit and int by default) on the Node.js that Shiplog needs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, runScript } from './toolchain.mjs';

const args = process.argv.slice(2);
const known = ['unit', 'int', 'e2e'];
const projects = args.filter((arg) => known.includes(arg));
const paths = args.filter((arg) => !known.includes(arg) && !arg.startsWith('-'));
const options = args.filter((arg) => arg.startsWith('-'));

if (!existsSync(join(root, 'node_modules'))) run('npm', ['ci']);
if (existsSync(join(root, 'scripts/generate.mjs'))) runScript('scripts/generate.mjs');
runScript('node_modules/jest/bin/jest.js', [
  '--selectProjects',
  ...(projects.length > 0 ? projects : ['unit', 'int']),
  ...(paths.length > 0 ? ['--testPathPatterns', ...paths] : []),
  ...options,
]);
