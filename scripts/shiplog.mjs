#!/usr/bin/env node
// The `shiplog` command: runs the built command line on the Node.js that Shiplog needs. Builds it first if it has never been built.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { node, root, runScript } from './toolchain.mjs';

const main = join(root, 'apps/cli/dist/main.js');
if (!existsSync(main)) runScript('scripts/build.mjs');

const child = spawn(node(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
