// npm run bench: starts the reference and Shiplog, measures both side by side, prints the table and leaves it as JSON and Markdown.
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure, main, note, say } from '../../scripts/progress.mjs';
import { root } from '../../scripts/toolchain.mjs';
import { measureAll } from './measure.mjs';
import { benchOptions, usage } from './options.mjs';
import { asMarkdown, forTerminal } from './report.mjs';
import { peersFolder } from './sides/peer.mjs';

const args = process.argv.slice(2);
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => {
    if (!stopping.signal.aborted) note(`${name}: stopping what was started`);
    stopping.abort(new Failure('stopped'));
  });

await main(async () => {
  const options = benchOptions(args);
  if (options.help) return say(usage);
  const peers = options.alone ? undefined : peersFolder();
  if (!peers && !options.alone)
    note(
      'the reference is not here ($SHIPLOG_PEERS names the folder that starts it): Shiplog alone, by its own load generator',
    );
  const report = { ...(await measureAll(peers, options, stopping.signal)), ...describe() };
  say();
  console.log(forTerminal(report));
  const file = options.json ?? join(root, 'bench-results', `${report.at.replaceAll(/[:.]/g, '-')}.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(file.replace(/(\.json)?$/, '.md'), asMarkdown(report));
  if (report.rows.some(({ ours }) => ours?.errors > 0)) process.exitCode = 1;
  say(`\n${file} (and the tables in Markdown beside it)`);
});

function describe() {
  const git = (...words) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  const [cpu] = cpus();
  return {
    at: new Date().toISOString(),
    commit: commit(git),
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    machine: `${cpus().length} × ${cpu?.model ?? arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}, Node.js ${process.version}`,
  };
}

/** The commit that was measured, marked if there were changes on top of it; a tarball has none. */
function commit(git) {
  try {
    return (
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes')
    );
  } catch {
    return 'unknown';
  }
}
