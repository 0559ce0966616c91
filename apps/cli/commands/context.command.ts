import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { editKubeconfig, kubeconfigFiles } from '../kubeconfig/kubeconfig-file.js';
import { currentContext, hasContext } from '../kubeconfig/kubeconfig.js';
import { pastContextName, withPastContext } from './history/past-context.js';
import { CommandError, done } from './terminal.js';

interface ContextOptions {
  readonly asOf: string;
  readonly of?: string;
  readonly use?: boolean;
}

export function addContextCommand(program: Command): void {
  program
    .command('context')
    .description('add a kubeconfig context that shows the cluster as it was, for kubectl and everything else')
    .requiredOption(
      '--as-of <moment>',
      'a revision, a time, or how long ago (2m); that one moves along with the present',
    )
    .option('--of <context>', 'the context to look back from; default: the current one')
    .option('--use', 'make it the current context')
    .action(async (options: ContextOptions) => {
      const name = await addPastContext(options);
      done(`kubectl --context ${name} shows the cluster as of ${options.asOf}`);
    });
}

/** Adds the context to the file that has the one it looks back from. Returns its name. */
export async function addPastContext({ asOf, of, use }: ContextOptions, files = kubeconfigFiles()): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const base = of ?? texts.map(currentContext).find((name) => name !== undefined);
  const at = texts.findIndex((text) => base !== undefined && hasContext(text, base));
  const file = files[at];
  if (base === undefined || file === undefined)
    throw new CommandError(
      `no context ${JSON.stringify(base ?? '')} in ${files.join(', ')}; --of names the one to look back from`,
    );
  await editKubeconfig(file, (text) => withPastContext(text, asOf, { of: base, use: use ?? false }).text);
  return pastContextName(base, asOf);
}
