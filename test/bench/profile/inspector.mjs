// Samples a running Node.js process from outside: SIGUSR1 opens its inspector, which says in the process's log where.
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../scripts/progress.mjs';

/** Environment under which processes choose a free port each for their inspector. */
export const inspectable = { NODE_OPTIONS: '--inspect-port=0' };

/** Opens the process's inspector. Resolves with what sends it commands. */
export async function inspect(pid, logFile) {
  const { size } = await stat(logFile);
  process.kill(pid, 'SIGUSR1');
  return connection(await announced(logFile, size));
}

async function announced(logFile, from) {
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(100)) {
    const said = (await readFile(logFile)).subarray(from).toString();
    const address = /Debugger listening on (ws:\S+)/.exec(said)?.[1];
    if (address) return address;
  }
  throw new Failure(`no inspector was opened within 10 s; ${logFile} says why`);
}

async function connection(address) {
  const socket = new WebSocket(address);
  const waiting = new Map();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) reject?.(new Error(error.message));
    else resolve?.(result);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the process closed its inspector'));
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error(`${address} does not answer`)), { once: true });
  });
  const send = (method, params) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return { send, close: () => socket.close() };
}

const microsecondsBetweenSamples = 250;

/** Samples the process while `work` goes on. Resolves with the profile, as Chrome's DevTools read it from a .cpuprofile file. */
export async function profileDuring({ send }, work) {
  await send('Profiler.enable');
  await send('Profiler.setSamplingInterval', { interval: microsecondsBetweenSamples });
  await send('Profiler.start');
  await work();
  return (await send('Profiler.stop')).profile;
}
