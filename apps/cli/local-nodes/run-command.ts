import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requireProgram } from '../supervisor/programs.js';

const execute = promisify(execFile);

/** Runs a system program to its end. Resolves with its output; rejects with what it said when it failed. */
export async function runCommand(program: string, args: readonly string[], input?: string): Promise<string> {
  const running = execute(requireProgram(program), args, { maxBuffer: 16 * 1024 * 1024 });
  if (input !== undefined) running.child.stdin?.end(input);
  try {
    return (await running).stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`${program} ${args.join(' ')} failed: ${said || String(error)}`, { cause: error });
  }
}

/** Whether the program ends with status 0. */
export const succeeds = (program: string, args: readonly string[]): Promise<boolean> =>
  runCommand(program, args).then(
    () => true,
    () => false,
  );
