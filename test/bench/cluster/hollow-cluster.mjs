// The whole of Shiplog as `shiplog up` starts it, with hollow nodes.
import { join } from 'node:path';
import { node, root } from '../../../scripts/toolchain.mjs';
import { output } from '../sides/command.mjs';
import { freePorts } from '../sides/free-port.mjs';

const shiplog = (args, options) => output(node(), [join(root, 'scripts/shiplog.mjs'), ...args], options);

/** Starts a cluster with its data in `home`, all nodes Ready. `stop` ends it as `shiplog down` does. */
export async function startHollowCluster(home, { nodes, timeout, rate }, signal) {
  const stop = () => shiplog(['down', '--home', home]);
  try {
    const where = ['--home', home, '--name', 'bench', '--api-port', String(await freePorts()), '--no-kubeconfig'];
    const what = ['--runtime', 'hollow', '--nodes', String(nodes), '--timeout', String(timeout)];
    const env = { ...process.env, SHIPLOG_NODE_EVICTION_RATE: String(rate) };
    await shiplog(['up', ...where, ...what], { signal, env });
    const { processes } = JSON.parse(await shiplog(['status', '--home', home, '-o', 'json'], { signal }));
    return {
      kubeconfig: join(home, 'kubeconfig'),
      /** The supervisor is left out: all others descend from it. */
      processes: Object.fromEntries(
        processes.flatMap(({ role, name, pid }) => (role === 'supervisor' ? [] : [[name, pid]])),
      ),
      switchNodes: (verb, names) => shiplog(['nodes', verb, names, '--home', home], { signal }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
