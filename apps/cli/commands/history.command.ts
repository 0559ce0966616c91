import type { Command } from 'commander';
import { historyRoot, type ObjectHistory, type ToldChange } from '@shiplog/domain';
import { withAccessOptions, withClient, type AccessOptions, type PastClient } from './history/api-access.js';
import { actorOf, howOf, programOf, timeText } from './history/change-texts.js';
import { changedFields, summaryOf } from './history/changed-fields.js';
import { findObject } from './history/find-object.js';
import { table } from './terminal.js';

export interface HistoryOptions {
  readonly limit?: string;
  readonly status?: boolean;
  readonly output?: string;
}

export function addHistoryCommand(program: Command): void {
  withAccessOptions(program.command('history'))
    .description('list what happened to an object: when, by whom, how, and what changed')
    .argument('<object...>', 'KIND/NAME; it need not exist any more')
    .option('--limit <n>', 'how many changes, the newest first', '20')
    .option('--status', 'changes of its status too')
    .option('-o, --output <format>', 'json, or a table')
    .action((words: string[], options: HistoryOptions & AccessOptions) =>
      withClient(options, async (client) => console.log(await history(client, words, options))),
    );
}

/** What `shiplog history` prints. */
export async function history(client: PastClient, words: readonly string[], options: HistoryOptions): Promise<string> {
  const { path } = await findObject(client, words);
  const limit = Number(options.limit ?? 20);
  // One more than shown: the last row's change is what differs from the version before it.
  const query = `limit=${limit + 1}&content=true${options.status ? '&status=true' : ''}`;
  const { items } = await client.read<ObjectHistory>(`${historyRoot}/history${path}?${query}`);
  if (options.output === 'json') return JSON.stringify(items.slice(0, limit), null, 2);
  const rows = items
    .slice(0, limit)
    .map((item, i) => [
      ...[item.resourceVersion, timeText(item.time), actorOf(item), programOf(item), howOf(item)],
      whatChanged(item, items[i + 1], options.status ?? false),
    ]);
  return table(['REVISION', 'TIME', 'WHO', 'WITH', 'HOW', 'WHAT'], rows);
}

function whatChanged(item: ToldChange, before: ToldChange | undefined, withStatus: boolean): string {
  if (item.type !== 'updated') return item.type;
  const fields = changedFields(before?.content ?? {}, item.content);
  return summaryOf(withStatus ? fields : fields.filter(({ path }) => !path.startsWith('status'))) || 'nothing to see';
}
