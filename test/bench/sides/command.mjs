// Programs that the benchmark starts. Each has a process group of its own, so that Ctrl-C reaches the benchmark alone, which then stops
// what it started, in order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../../../scripts/progress.mjs';

/** Runs a program to its end. Resolves with what it said. @throws Failure with its last words if it fails, also when the signal ends it. */
export async function output(command, args, { signal, ...options } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  const end = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', end, { once: true });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (said.err += text));
  try {
    // Not 'close': what the program leaves running keeps its output open.
    const [code, killedBy] = await once(child, 'exit');
    if (signal?.aborted) throw new Failure('stopped');
    if (code !== 0)
      throw new Failure(
        `${command} ${args.join(' ')} ended with ${killedBy ?? `status ${code}`}:\n${(said.err + said.out).trim().split('\n').slice(-10).join('\n')}`,
      );
    return said.out;
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

/** Runs a program and hands over each line that it prints, as it comes. Resolves at its end. */
export async function lines(command, args, onLine, signal) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end = () => child.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  let [rest, errors] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    parts.forEach(onLine);
  });
  const [code] = await once(child, 'close');
  signal.removeEventListener('abort', end);
  if (signal.aborted) throw new Failure('stopped');
  if (code !== 0) throw new Failure(`${command} ended with status ${code}: ${errors.trim().slice(-500)}`);
}
