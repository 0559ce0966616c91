// The reference control plane: etcd (which syncs every write) and kube-apiserver, with kube-scheduler where it is asked for.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../scripts/progress.mjs';
import { root } from '../../../scripts/toolchain.mjs';
import { output } from './command.mjs';
import { freePorts } from './free-port.mjs';

/** The folder with the programs that start the reference and measure: $SHIPLOG_PEERS, else beside the checkout. Undefined if there is none. */
export function peersFolder() {
  const folder = process.env.SHIPLOG_PEERS ?? resolve(root, '../shared/peers');
  return existsSync(join(folder, 'up')) ? folder : undefined;
}

/** Starts the reference with its data in `folder`. `stop` ends its processes by their ids. */
export async function startPeer(peers, folder, { scheduler }, signal) {
  const programs = ['kube-apiserver', ...(scheduler ? ['kube-scheduler'] : [])];
  const stop = () => output(join(peers, 'down'), [folder]);
  try {
    const env = { ...process.env, PEERS: programs.join(' ') };
    const port = await freePorts(5);
    await output(join(peers, 'up'), [folder, String(port)], { env, signal });
    if (scheduler) await ready(port + 4, signal);
    const processes = {};
    for (const name of ['etcd', ...programs])
      processes[name] = Number((await readFile(join(folder, `${name}.pid`), 'utf8')).trim());
    return { name: 'peer', kubeconfig: join(folder, 'admin.kubeconfig'), processes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The scheduler is started last and not waited for: it must have seen the cluster before pods come. */
async function ready(port, signal) {
  const asked = () =>
    new Promise((resolve) => {
      const options = { port, path: '/readyz', rejectUnauthorized: false, timeout: 1000 };
      get(options, (answer) => (answer.resume(), resolve(answer.statusCode === 200)))
        .once('timeout', function () {
          this.destroy();
        })
        .once('error', () => resolve(false));
    });
  for (const until = Date.now() + 30_000; !(await asked()); await sleep(200, undefined, { signal }))
    if (Date.now() > until) throw new Failure('kube-scheduler is not ready after 30 s');
}
