// What every command that measures does: it ends on a signal, says what it was and where, and leaves a report.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, cpus, loadavg, platform, release, tmpdir, totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
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

/** Of the last minute: what the machine had to do besides. */
export const loadAverage = () => loadavg()[0].toFixed(1);

/** A folder for as long as `use` takes; `$SHIPLOG_BENCH_KEEP` keeps it for a look. Resolves with what `use` resolves with. */
export async function inTemporaryFolder(name, use) {
  const folder = await mkdtemp(join(tmpdir(), `shiplog-${name}-`));
  try {
    return await use(folder);
  } finally {
    if (process.env.SHIPLOG_BENCH_KEEP) note(`kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

/** The file that was asked for, or one under bench-results that says when. */
const reportFile = ({ at }, json, prefix = '') =>
  json ?? join(root, 'bench-results', `${prefix}${at.replaceAll(/[:.]/g, '-')}.json`);

const without = (file) => file.replace(/(\.json)?$/, '');

/** Writes the report as JSON, and its tables in Markdown beside it. */
export async function leaveReport(report, markdown, { json, prefix }) {
  const file = reportFile(report, json, prefix);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(`${without(file)}.md`, markdown);
  say(`\n${file} (and the tables in Markdown beside it)`);
}

/** As `leaveReport`, with charts (name → SVG) in a folder beside it; in `charts` too where that is given, and then the Markdown shows those. */
export async function leaveReportWithCharts(report, { asMarkdown, charts }, { json, charts: shown, prefix }) {
  const folder = `${without(reportFile(report, json, prefix))}-charts`;
  await leaveReport(report, asMarkdown(report, basename(shown ?? folder)), { json, prefix });
  for (const target of [folder, ...(shown ? [resolve(shown)] : [])]) {
    await mkdir(target, { recursive: true });
    for (const [name, svg] of Object.entries(charts(report))) await writeFile(join(target, `${name}.svg`), svg);
  }
}
