// The command line of `npm run bench`.
import { parseArgs } from 'node:util';
import { Failure } from '../../scripts/progress.mjs';
import { apiWorkloads, schedulingWorkloads, workloadNames } from './workloads.mjs';

export const usage = `npm run bench -- [options]
  --quick              everything, smaller, once: about 3 minutes
  --only a,b           only these workloads: ${workloadNames.join(', ')}
  --api, --scheduling  only the workloads of the API, only those of the scheduler
  --runs N             how often; the median counts (3)
  --objects N          pods of the API workloads (2000); of the scheduling workloads instead of their own number
  --nodes N            nodes of the scheduling workloads (5000)
  --clients N          clients at once (32)
  --watchers N         watches of the watch workload (50)
  --duration S         seconds that a workload without a fixed number of operations runs (8)
  --warm-up N          rounds of 2,000 pods before anything counts (4; --quick: 1)
  --floor              a third side for the API: a server of Node.js that does nothing, the end of what can be had
  --alone              Shiplog alone, by a small load generator of our own: needs no reference, and is comparable with nothing else
  --json FILE          where the figures go (bench-results/<time>.json; the table in Markdown beside it)`;

const full = { runs: 3, objects: 2000, nodes: 5000, clients: 32, watchers: 50, duration: 8, 'warm-up': 4 };
/** Everything in about three minutes. */
const quick = { runs: 1, objects: 1000, nodes: 1000, clients: 32, watchers: 50, duration: 1.5, 'warm-up': 1 };
const quickPods = 400;

/** What is to be measured, and how. Pure. @throws Failure for what is no option. */
export function benchOptions(args) {
  const { values } = parsed(args);
  const chosen = values.only?.split(',').map((name) => name.trim());
  const unknown = chosen?.find((name) => !workloadNames.includes(name));
  if (unknown !== undefined) throw new Failure(`no workload "${unknown}"; there are ${workloadNames.join(', ')}`);
  const base = values.quick ? quick : full;
  const number = (name) => (values[name] === undefined ? base[name] : positive(name, values[name]));
  const wanted = (workload, mine, others) => (chosen ? chosen.includes(workload.name) : mine || !others);
  const pods = (workload) =>
    values.objects !== undefined ? number('objects') : values.quick ? quickPods : workload.pods;
  return {
    ...Object.fromEntries(Object.keys(full).map((name) => [name, number(name)])),
    api: apiWorkloads.filter((each) => wanted(each, values.api, values.scheduling)),
    scheduling: schedulingWorkloads
      .filter((each) => wanted(each, values.scheduling, values.api))
      .map((each) => ({ ...each, pods: pods(each) })),
    floor: values.floor === true,
    alone: values.alone === true,
    help: values.help === true,
    json: values.json,
  };
}

function parsed(args) {
  const flag = { type: 'boolean' };
  const value = { type: 'string' };
  const numbers = Object.fromEntries(Object.keys(full).map((name) => [name, value]));
  const switches = { quick: flag, api: flag, scheduling: flag, floor: flag, alone: flag, help: { ...flag, short: 'h' } };
  try {
    return parseArgs({ args, options: { ...numbers, ...switches, only: value, json: value } });
  } catch (error) {
    throw new Failure(`${error.message}\n\n${usage}`);
  }
}

function positive(name, text) {
  const value = Number(text);
  if (!(value > 0) || (name !== 'duration' && !Number.isInteger(value)))
    throw new Failure(`--${name} ${text} is not a whole number above 0`);
  return value;
}
