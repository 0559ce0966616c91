// What every command that measures does: it ends on a signal, says what it was and where, and leaves a report.
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure, note, say } from '../../scripts/progress.mjs';
import { root } from '../../scripts/toolchain.mjs';

/** Aborted by the signals that ask a command to end; what it has started is then to be stopped. */
export function endedBySignals() {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => {
      if (!stopping.signal.aborted) note(`${name}: stopping what was started`);
      stopping.abort(new Failure('stopped'));
    });
  return stopping.signal;
}

/** When, of which commit, by which command and on what machine something is measured. `script` is npm's name of the command. */
export function describe(script, args) {
  const [cpu] = cpus();
  return {
    at: new Date().toISOString(),
    commit: commit(),
    command: [`npm run ${script}`, ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    machine: `${cpus().length} × ${cpu?.model ?? arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}, Node.js ${process.version}`,
  };
}

/** The commit that was measured, marked if there were changes on top of it; a tarball has none. */
function commit() {
  const git = (...words) =>
    execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const isClean = git('status', '--porcelain', '--untracked-files=no') === '';
    return git('rev-parse', '--short', 'HEAD') + (isClean ? '' : ' with changes');
  } catch {
    return 'unknown';
  }
}

/** Writes the report as JSON, and its tables in Markdown beside it, to `file` or under bench-results. */
export async function leaveReport(report, markdown, { file, prefix = '' }) {
  const target = file ?? join(root, 'bench-results', `${prefix}${report.at.replaceAll(/[:.]/g, '-')}.json`);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(target.replace(/(\.json)?$/, '.md'), markdown);
  say(`\n${target} (and the tables in Markdown beside it)`);
}
