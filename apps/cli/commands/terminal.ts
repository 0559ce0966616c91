import pc from 'picocolors';

/** What a command prints for people: progress lines as kind has them, on stderr, so that stdout is the result alone. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

export const done = (what: string, ms?: number): void =>
  say(` ${pc.green('✓')} ${what}${ms === undefined ? '' : pc.dim(` ${seconds(ms)}`)}`);
export const failed = (what: string): void => say(` ${pc.red('✗')} ${what}`);
export const note = (what: string): void => say(` ${pc.yellow('•')} ${what}`);

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Runs a step and says how it went and how long it took. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  try {
    const result = await work();
    done(what, Date.now() - startedAt);
    return result;
  } catch (error) {
    failed(what);
    throw error;
  }
}

/** A failure that the command has already explained, or that needs no stack: what failed and what to do. */
export class CommandError extends Error {}

/** Columns aligned by their widest cell, as kubectl prints tables. Pure. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
