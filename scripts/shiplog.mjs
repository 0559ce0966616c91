#!/usr/bin/env node
// The `shiplog` command: runs the built command line on the Node.js that Shiplog needs. Builds it first if it has never been built. What
// concerns the processes of a cluster in Docker goes to scripts/compose.mjs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rememberedCluster } from './compose-home.mjs';
import { main } from './progress.mjs';
import { become, root, runScript } from './toolchain.mjs';

const ofProcesses = ['up', 'down', 'reset', 'status', 'logs'];
const [command, ...rest] = process.argv.slice(2);
const namesHome = rest.some((arg) => /^--home(=|$)/.test(arg));

await main(async () => {
  if (ofProcesses.includes(command) && !namesHome && rememberedCluster() === 'compose')
    return become('scripts/compose.mjs', [command, ...rest]);
  const program = 'apps/cli/dist/main.js';
  if (!existsSync(join(root, program))) runScript('scripts/build.mjs');
  become(program, process.argv.slice(2));
});
