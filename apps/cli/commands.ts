import type { Command } from 'commander';
import { addComposeCommands } from './commands/compose.command.js';
import { addDoctorCommand } from './commands/doctor.command.js';
import { addDownCommand, addResetCommand } from './commands/down.command.js';
import { addLogsCommand } from './commands/logs.command.js';
import { addNodesCommand } from './commands/nodes.command.js';
import { addStatusCommand } from './commands/status.command.js';
import { addHistoryCommand } from './commands/history.command.js';
import { addDiffCommand } from './commands/diff.command.js';
import { addWhyCommand } from './commands/why.command.js';
import { addReplayCommand } from './commands/replay.command.js';
import { addAuditCommand } from './commands/audit.command.js';
import { addRestoreCommand } from './commands/restore.command.js';
import { addVerifyCommand } from './commands/verify.command.js';
import { addContextCommand } from './commands/context.command.js';
import { addUpCommand } from './commands/up.command.js';

/** Every command of `shiplog`, in the order of its help. */
export const commands: readonly ((program: Command) => void)[] = [
  addUpCommand,
  addStatusCommand,
  addLogsCommand,
  addNodesCommand,
  addDownCommand,
  addResetCommand,
  addDoctorCommand,
  addComposeCommands,
  addHistoryCommand,
  addDiffCommand,
  addWhyCommand,
  addReplayCommand,
  addRestoreCommand,
  addAuditCommand,
  addVerifyCommand,
  addContextCommand,
];
