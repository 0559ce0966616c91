import type { Command } from 'commander';
import pc from 'picocolors';
import { stringify } from 'yaml';
import { historyRoot, type ObjectHistory } from '@shiplog/domain';
import { withAccessOptions, withClient, type AccessOptions, type PastClient } from './history/api-access.js';
import { findObject } from './history/find-object.js';
import { diffLines, unified } from './history/line-diff.js';
import { CommandError } from './terminal.js';

export interface DiffOptions {
  readonly from?: string;
  readonly to?: string;
}

export function addDiffCommand(program: Command): void {
  withAccessOptions(program.command('diff'))
    .description('show how an object changed between two moments; without any, by its last change')
    .argument('<object...>', 'KIND/NAME')
    .option('--from <moment>', 'a revision, a time, or how long ago (2m)')
    .option('--to <moment>', 'the same; default: now')
    .action((words: string[], options: DiffOptions & AccessOptions) =>
      withClient(options, async (client) => console.log((await diff(client, words, options)).map(coloured).join('\n'))),
    );
}

interface State {
  readonly label: string;
  readonly object: Record<string, unknown> | undefined;
}

/** The lines that `shiplog diff` prints. */
export async function diff(client: PastClient, words: readonly string[], { from, to }: DiffOptions): Promise<string[]> {
  const { path } = await findObject(client, words);
  const [before, after] =
    from === undefined && to === undefined
      ? await lastChange(client, path)
      : await Promise.all([stateAt(client, path, from ?? '0'), stateAt(client, path, to ?? 'now')]);
  if (!before.object && !after.object)
    throw new CommandError(`${words.join('/')} existed neither at ${before.label} nor at ${after.label}`);
  const lines = unified(diffLines(yamlLines(before), yamlLines(after)));
  return lines.length === 0 ? [] : [`--- ${before.label}`, `+++ ${after.label}`, ...lines];
}

async function stateAt(client: PastClient, path: string, moment: string): Promise<State> {
  const object = await client
    .read<Record<string, unknown>>(`/as-of/${encodeURIComponent(moment)}${path}`)
    .catch((error: unknown) => {
      if ((error as { code?: unknown }).code === 404) return undefined;
      throw error;
    });
  return { label: moment, object };
}

async function lastChange(client: PastClient, path: string): Promise<[State, State]> {
  const { items } = await client.read<ObjectHistory>(`${historyRoot}/history${path}?limit=2&content=true`);
  const [last, before] = items;
  const existed = before && before.type !== 'deleted';
  return [
    { label: before?.id ?? 'before it was created', object: existed ? before.content : undefined },
    { label: last?.id ?? 'now', object: last?.type === 'deleted' ? undefined : last?.content },
  ];
}

/** The object as people read it, without what differs between any two versions. */
function yamlLines({ object }: State): string[] {
  if (!object) return [];
  const {
    managedFields: _notes,
    resourceVersion: _revision,
    ...metadata
  } = object['metadata'] as Record<string, unknown>;
  return stringify({ ...object, metadata })
    .trimEnd()
    .split('\n');
}

function coloured(line: string): string {
  if (line.startsWith('@@')) return pc.cyan(line);
  if (line.startsWith('-')) return pc.red(line);
  return line.startsWith('+') ? pc.green(line) : line;
}
