// npm run bench: starts the reference and Shiplog, measures both side by side, prints the table and leaves it as JSON and Markdown.
import { main, note, say } from '../../scripts/progress.mjs';
import { describe, endedBySignals, leaveReport } from './command.mjs';
import { measureAll } from './measure.mjs';
import { benchOptions, usage } from './options.mjs';
import { asMarkdown, forTerminal } from './report.mjs';
import { peersFolder } from './sides/peer.mjs';

const args = process.argv.slice(2);
const stopped = endedBySignals();

await main(async () => {
  const options = benchOptions(args);
  if (options.help) return say(usage);
  const peers = options.alone ? undefined : peersFolder();
  if (!peers && !options.alone)
    note(
      'the reference is not here ($SHIPLOG_PEERS names the folder that starts it): Shiplog alone, by its own load generator',
    );
  const report = { ...(await measureAll(peers, options, stopped)), ...describe('bench', args) };
  say();
  console.log(forTerminal(report));
  if (report.rows.some(({ ours }) => ours?.errors > 0)) process.exitCode = 1;
  await leaveReport(report, asMarkdown(report), { json: options.json });
});
