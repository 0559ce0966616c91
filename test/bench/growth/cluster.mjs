// Shiplog without nodes and controllers, whose gateway can be killed and looked into.
import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../scripts/progress.mjs';
import { loadClient } from '../load/client.mjs';
import { memoryOf } from '../process-usage.mjs';
import { inspect, inspectable } from '../profile/inspector.mjs';
import { startShiplog } from '../sides/shiplog.mjs';

const gateway = 'api-gateway';
const restartPatienceMs = 180_000;
const json = async (file) => JSON.parse(await readFile(file, 'utf8'));

/** Starts a cluster with its data in `home`; `client` has this many connections. */
export async function startCluster(home, { connections }, signal) {
  const side = await startShiplog(home, { scheduler: false, env: inspectable }, signal);
  const { natsPort, natsPasswords, postgresPort, postgresPassword } = await json(join(home, 'cluster.json'));
  return {
    ...{ home, processes: side.processes, client: await loadClient(side, connections) },
    /** As the gateway, the only one who may append. */
    nats: { natsUrl: `nats://127.0.0.1:${natsPort}`, natsUser: gateway, natsPassword: natsPasswords[gateway] },
    databaseUrl: `postgres://shiplog:${postgresPassword}@127.0.0.1:${postgresPort}/shiplog`,
    connect: () => loadClient(side, Infinity),
    restartGateway: () => restartGateway(side, home, signal),
    gatewayMemory: () => gatewayMemory(side, home),
    async stop() {
      this.client.close();
      await side.stop();
    },
  };
}

/** Kills the gateway as if the machine had failed it. Resolves with the milliseconds from its new start until it says that it is ready. */
async function restartGateway({ processes }, home, signal) {
  const killed = processes[gateway];
  process.kill(killed, 'SIGKILL');
  for (const until = Date.now() + restartPatienceMs; Date.now() < until; await sleep(20, undefined, { signal })) {
    const state = await json(join(home, 'run', 'supervisor.json')).catch(() => undefined);
    const { identity, startedAt, probe } = state?.processes.find(({ name }) => name === gateway) ?? {};
    if (!identity || identity.pid === killed || !(await isReady(probe))) continue;
    processes[gateway] = identity.pid;
    return Date.now() - Date.parse(startedAt);
  }
  throw new Failure(`the gateway is not ready ${restartPatienceMs / 1000} s after it was killed`);
}

const isReady = ({ port, path }) =>
  new Promise((resolve) => {
    get({ port, path, host: '127.0.0.1' }, (answer) => (answer.resume(), resolve(answer.statusCode === 200))).once(
      'error',
      () => resolve(false),
    );
  });

/** What the gateway holds when its garbage has been collected: bytes that are its own (PSS), and what Node.js says of them. */
async function gatewayMemory({ processes }, home) {
  const inspector = await inspect(processes[gateway], join(home, 'log', `${gateway}.log`));
  try {
    await inspector.send('HeapProfiler.enable');
    for (let i = 0; i < 2; i++) await inspector.send('HeapProfiler.collectGarbage');
    const { result } = await inspector.send('Runtime.evaluate', {
      expression: 'JSON.stringify(process.memoryUsage())',
    });
    const { heapUsed, external } = JSON.parse(result.value);
    return { pss: memoryOf(processes[gateway]) * 2 ** 20, heapUsed, external };
  } finally {
    inspector.close();
  }
}
