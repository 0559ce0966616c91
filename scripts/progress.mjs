// Progress as kind shows it: one line a step, with a tick and the time it took; below them, on a terminal, what is under way. Needs no dependency.
const terminal = process.stderr.isTTY === true;
const colour = (code) => (text) => (terminal && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text);
const [red, green, yellow, dim] = [31, 32, 33, 2].map(colour);

export const say = (line = '') => process.stderr.write(`${clearLine()}${line}\n`);
export const note = (line) => say(` ${yellow('•')} ${line}`);

/** What failed and what to do about it, in words; it ends the program without a stack. */
export class Failure extends Error {}

/**
 * Runs a step and says how it went. A step that returns false had nothing to do and is not worth a line. One that takes long is given
 * in `during` what is being done: without a terminal that is said at once, so that nobody waits for they know not what.
 */
export async function step(what, work, during) {
  const started = performance.now();
  const elapsed = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  if (during && !terminal) note(`${during} …`);
  const shown = show(() => `${during ?? what} ${elapsed()}`);
  try {
    const result = await work();
    shown.hide();
    if (result !== false) say(` ${green('✓')} ${what} ${dim(elapsed())}`);
    return result;
  } catch (error) {
    shown.hide();
    say(` ${red('✗')} ${what} ${dim(elapsed())}`);
    throw error;
  }
}

/** Steps that need nothing of each other, side by side. What fails says why at once; the others come to their end before it is thrown. */
export async function together(...steps) {
  const told = steps.map((each) =>
    Promise.resolve(each).catch((error) => {
      if (error instanceof Failure) say(error.message.replaceAll(/^/gm, '   '));
      throw error;
    }),
  );
  const failures = (await Promise.allSettled(told)).filter(({ status }) => status === 'rejected');
  if (failures.length === 0) return;
  const unforeseen = failures.find(({ reason }) => !(reason instanceof Failure));
  throw (
    unforeseen?.reason ??
    new Failure('Something that is needed could not be installed; what it was and why stands above.')
  );
}

/** What is under way, on one line that is drawn again and again; taken away before anything else is said. */
const underWay = new Set();
let timer;
let drawn = false;

function show(text) {
  if (terminal) {
    underWay.add(text);
    // It is drawn from a timer alone, so a child that has the terminal to itself while we wait for it is not disturbed.
    timer ??= setInterval(draw, 100).unref();
  }
  return {
    hide() {
      underWay.delete(text);
      if (underWay.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

function draw() {
  const frame = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'[Math.floor(performance.now() / 100) % 10];
  const line = ` ${frame} ${[...underWay].map((text) => text()).join(', ')}`;
  process.stderr.write(`${clearLine()}${line.slice(0, (process.stderr.columns || 80) - 1)}`);
  drawn = true;
}

function clearLine() {
  const clear = drawn ? '\r\u001b[2K' : '';
  drawn = false;
  return clear;
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
