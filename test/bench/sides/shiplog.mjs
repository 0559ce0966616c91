// Shiplog as `shiplog up` starts it, with its data in a folder of its own and without nodes.
import { join } from 'node:path';
import { node, root } from '../../../scripts/toolchain.mjs';
import { output } from './command.mjs';
import { freePorts } from './free-port.mjs';

const shiplog = (args, options) => output(node(), [join(root, 'scripts/shiplog.mjs'), ...args], options);

/** What answers the API and keeps what it promises: these are counted. The scheduler is, where it runs. */
const counted = ['api-gateway', 'nats-server', 'postgres', 'projector'];

/** Starts Shiplog. The reference runs without controllers, so this does too. `stop` ends it as `shiplog down` does. */
export async function startShiplog(home, { scheduler, env = {} }, signal) {
  const without = ['controller-manager', ...(scheduler ? [] : ['scheduler'])].join(',');
  const stop = () => shiplog(['down', '--home', home]);
  const port = String(await freePorts());
  try {
    const where = ['--home', home, '--name', 'bench', '--api-port', port, '--no-kubeconfig'];
    const what = ['--runtime', 'hollow', '--nodes', '0', '--without', without];
    await shiplog(['up', ...where, ...what], { signal, env: { ...process.env, ...env } });
    const { processes } = JSON.parse(await shiplog(['status', '--home', home, '-o', 'json'], { signal }));
    const roles = [...counted, ...(scheduler ? ['scheduler'] : [])];
    return {
      name: 'shiplog',
      kubeconfig: join(home, 'kubeconfig'),
      pki: join(home, 'pki'),
      server: `https://127.0.0.1:${port}`,
      processes: Object.fromEntries(
        processes.filter(({ role }) => roles.includes(role)).map(({ name, pid }) => [name, pid]),
      ),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
