import type { Command } from 'commander';
import { historyRoot, type CauseChain } from '@shiplog/domain';
import { withAccessOptions, withClient, type AccessOptions, type PastClient } from './history/api-access.js';
import { actorOf, howOf, programOf, timeText } from './history/change-texts.js';
import { findObject } from './history/find-object.js';

export interface WhyOptions {
  readonly revision?: string;
  readonly output?: string;
}

export function addWhyCommand(program: Command): void {
  withAccessOptions(program.command('why'))
    .description('print the chain of causes from a person’s command to the object’s present state')
    .argument('<object...>', 'KIND/NAME')
    .option('--revision <revision>', 'why it was as it was then')
    .option('-o, --output <format>', 'json, or a tree')
    .action((words: string[], options: WhyOptions & AccessOptions) =>
      withClient(options, async (client) => console.log(await why(client, words, options))),
    );
}

/** What `shiplog why` prints: the first cause first, each step below what made it happen. */
export async function why(
  client: PastClient,
  words: readonly string[],
  { revision, output }: WhyOptions,
): Promise<string> {
  const { path } = await findObject(client, words);
  const chain = await client.read<CauseChain>(`${historyRoot}/why${path}${revision ? `?revision=${revision}` : ''}`);
  if (output === 'json') return JSON.stringify(chain, null, 2);
  const steps = chain.steps.map((step, depth) => `${depth === 0 ? '' : `${' '.repeat(depth - 1)}└ `}${told(step)}`);
  return [...(chain.complete ? [] : ['… what came before is not in the archive']), ...steps].join('\n');
}

function told(step: CauseChain['steps'][number]): string {
  if ('withheld' in step) return `${step.id}: you may not see this object`;
  const { resource, namespace, name, group } = step.object;
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  const kind = group === '' ? resource : `${resource}.${group}`;
  const program = programOf(step);
  return `${timeText(step.time)}  ${actorOf(step)} ${howOf(step)} ${kind}/${name}${where}  (${[program, step.id].filter(Boolean).join(', ')})`;
}
