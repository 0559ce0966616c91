// The command line of `npm run bench:growth`.
import { parseArgs } from 'node:util';
import { Failure } from '../../../scripts/progress.mjs';

export const usage = `npm run bench:growth -- [options]      about 20 minutes on 2 cores; --quick: about 7
  --quick          pods up to 10,000 and 50,000 events
  --pods, --history  only how cost grows with the pods of a cluster, only how it grows with its history
  --sizes a,b      numbers of pods at which is measured (1000,3000,10000,30000,100000)
  --watchers a,b   numbers of watches that a change does not concern (0,100,1000,2000)
  --events N       events of the history (1000000)
  --objects N      pods that these events are about (20000)
  --verify         compares the whole history with the log afterwards (a minute for 1,000,000 events)
  --charts FOLDER  draws the charts into this folder too, for the documentation
  --json FILE      where the figures go (bench-results/growth-<time>.json; tables in Markdown and charts beside it)`;

const full = {
  sizes: [1_000, 3_000, 10_000, 30_000, 100_000],
  watchers: [0, 100, 1_000, 2_000],
  events: 1_000_000,
  objects: 20_000,
};
const quick = { sizes: [1_000, 3_000, 10_000], watchers: [0, 100, 1_000], events: 50_000, objects: 2_000 };

/** What is to be measured. Pure. @throws Failure for what is no option. */
export function growthOptions(args) {
  const values = parsed(args);
  const base = values.quick ? quick : full;
  const list = (name, least) =>
    values[name]
      ?.split(',')
      .map((text) => whole(name, text, least))
      .sort((a, b) => a - b) ?? base[name];
  const number = (name) => (values[name] === undefined ? base[name] : whole(name, values[name], 1));
  return {
    ...{ sizes: list('sizes', 1), watchers: list('watchers', 0) },
    ...{ events: number('events'), objects: number('objects') },
    pods: values.pods === true || values.history !== true,
    history: values.history === true || values.pods !== true,
    verify: values.verify === true,
    help: values.help === true,
    charts: values.charts,
    json: values.json,
  };
}

function parsed(args) {
  const flag = { type: 'boolean' };
  const value = { type: 'string' };
  const switches = { quick: flag, pods: flag, history: flag, verify: flag, help: { ...flag, short: 'h' } };
  const valued = ['sizes', 'watchers', 'events', 'objects', 'charts', 'json'];
  try {
    const options = { ...switches, ...Object.fromEntries(valued.map((name) => [name, value])) };
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Failure(`${error.message}\n\n${usage}`);
  }
}

function whole(name, text, least) {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least)
    throw new Failure(`--${name} ${text} is not a whole number from ${least} on`);
  return value;
}
