// Finds the Node.js that Shiplog runs on (24 or newer) and runs the project's tools with it. Needs no dependency.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './progress.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Path of a Node.js 24 or newer: the running one, or the one that the npm package node-linux-* brings. */
export function node() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const packaged = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  throw new Failure(
    `Shiplog needs Node.js 24 or newer and this is ${process.version}. On x64 npm ci brings one along; else install Node.js 24.`,
  );
}

/** Runs one step to its end and exits with its status if it failed. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs a JavaScript program (a path below the root) on the right Node.js. */
export const runScript = (script, args = [], options = {}) => run(node(), [join(root, script), ...args], options);

/** Runs a JavaScript program in our place: it gets our signals and has time to clear up, and its status is ours. */
export function become(script, args = []) {
  const child = spawn(node(), [join(root, script), ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
