// Progress as kind shows it: one line a step, with a tick and the time it took. Needs no dependency.
const colour = (code) => (text) =>
  process.stderr.isTTY && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text;
const [red, green, yellow, dim] = [31, 32, 33, 2].map(colour);

export const say = (line = '') => process.stderr.write(`${line}\n`);
export const note = (line) => say(` ${yellow('•')} ${line}`);

/** What failed and what to do about it, in words; it ends the program without a stack. */
export class Failure extends Error {}

/** Runs a step and says how it went. A step that returns false had nothing to do and is not worth a line. */
export async function step(what, work) {
  const started = performance.now();
  const elapsed = () => dim(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  try {
    const result = await work();
    if (result !== false) say(` ${green('✓')} ${what} ${elapsed()}`);
    return result;
  } catch (error) {
    say(` ${red('✗')} ${what} ${elapsed()}`);
    throw error;
  }
}

/** Runs a program's main function; a Failure is told in its own words, anything else with its stack. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    say(error instanceof Failure ? `\n${error.message}` : `\n${error?.stack ?? error}`);
    process.exitCode = 1;
  }
}
