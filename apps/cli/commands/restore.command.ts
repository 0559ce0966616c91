import type { Command } from 'commander';
import { StatusError } from '@shiplog/domain';
import { withAccessOptions, withClient, type AccessOptions, type PastClient } from './history/api-access.js';
import { findObject } from './history/find-object.js';
import { restorable, type StoredObject } from './history/restorable.js';
import { CommandError, done } from './terminal.js';

export interface RestoreOptions {
  readonly asOf: string;
  readonly dryRun?: boolean;
}

export function addRestoreCommand(program: Command): void {
  withAccessOptions(program.command('restore'))
    .description('make an object again what it was at a moment, deleted ones too; a change like any other')
    .argument('<object...>', 'KIND/NAME')
    .requiredOption('--as-of <moment>', 'a revision, a time, or how long ago (10m)')
    .option('--dry-run', 'let the API check it and change nothing')
    .action((words: string[], options: RestoreOptions & AccessOptions) =>
      withClient(options, async (client) => done(await restore(client, words, options))),
    );
}

/** Writes the past state over the present one, or creates it. Says what it did. */
export async function restore(
  client: PastClient,
  words: readonly string[],
  { asOf, dryRun }: RestoreOptions,
): Promise<string> {
  const { path, kind, name } = await findObject(client, words);
  const past = await found(client.read<StoredObject>(`/as-of/${encodeURIComponent(asOf)}${path}`));
  if (!past) throw new CommandError(`${kind.singularName}/${name} did not exist as of ${asOf}`);
  const present = await found(client.read<StoredObject>(path));
  const query = `?fieldManager=shiplog-restore${dryRun ? '&dryRun=All' : ''}`;
  const wanted = restorable(past, present);
  if (present) await client.write('PUT', `${path}${query}`, wanted);
  else await client.write('POST', `${path.slice(0, path.lastIndexOf('/'))}${query}`, wanted);
  const what = present ? 'is again what it was' : 'has been created again as it was';
  return `${kind.singularName}/${name} ${what} as of ${asOf} (revision ${past.metadata.resourceVersion})${dryRun ? ' (dry run)' : ''}`;
}

const found = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: unknown) => {
    if (error instanceof StatusError && error.code === 404) return undefined;
    throw error;
  });
