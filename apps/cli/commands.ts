import type { Command } from 'commander';
import { addComposeCommands } from './commands/compose.command.js';
import { addDoctorCommand } from './commands/doctor.command.js';
import { addDownCommand, addResetCommand } from './commands/down.command.js';
import { addLogsCommand } from './commands/logs.command.js';
import { addStatusCommand } from './commands/status.command.js';
import { addUpCommand } from './commands/up.command.js';

/** Every command of `shiplog`, in the order of its help. */
export const commands: readonly ((program: Command) => void)[] = [
  addUpCommand,
  addStatusCommand,
  addLogsCommand,
  addDownCommand,
  addResetCommand,
  addDoctorCommand,
  addComposeCommands,
];
