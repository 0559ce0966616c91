import { Command } from 'commander';
import { commands } from './commands.js';
import { CommandError, say } from './commands/terminal.js';

const program = new Command('shiplog')
  .description('A container orchestrator that speaks the Kubernetes API and keeps a ship’s log.')
  .showSuggestionAfterError()
  .helpOption('-h, --help', 'show what a command does');
for (const add of commands) add(program);

try {
  await program.parseAsync();
} catch (error) {
  say(`shiplog: ${error instanceof Error ? error.message : String(error)}`);
  if (!(error instanceof CommandError) && process.env['SHIPLOG_DEBUG'] && error instanceof Error)
    say(error.stack ?? '');
  process.exitCode = 1;
}
