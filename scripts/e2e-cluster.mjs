// The cluster of the end-to-end tests: two nodes with real containers in a folder of their own, beside whatever else runs here.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './toolchain.mjs';

const freePort = () =>
  new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const shiplog = (...args) =>
  spawnSync(process.execPath, [join(root, 'scripts/shiplog.mjs'), ...args], { stdio: 'inherit' }).status ?? 1;

/** Starts the cluster, calls `use` with its folder, and clears everything away. Uses SHIPLOG_E2E_HOME as it is if that is set. */
export async function withCluster(use) {
  if (process.env.SHIPLOG_E2E_HOME) return use(process.env.SHIPLOG_E2E_HOME);
  const home = mkdtempSync(join(tmpdir(), 'shiplog-e2e-'));
  const up = [
    'up',
    '--home',
    home,
    '--name',
    'e2e',
    '--api-port',
    String(await freePort()),
    '--nodes',
    '2',
    '--no-kubeconfig',
  ];
  try {
    if (shiplog(...up) !== 0) throw new Error(`the cluster did not start; its logs are in ${join(home, 'log')}`);
    return await use(home);
  } finally {
    shiplog('down', '--home', home);
    if (process.exitCode === undefined || process.exitCode === 0) rmSync(home, { recursive: true, force: true });
  }
}
