/** A field of a schedule: its lowest and highest value, and names that stand for values. */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Minute, hour, day of the month, month, day of the week. */
const fields: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: weekdays },
];

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

function valueOf(text: string, { min, names = [] }: Bounds): number | string {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + min;
  return /^\d+$/.test(text) ? Number(text) : `failed to parse int from ${text}`;
}

/** `3`, `mon-fri`, `*`, `?`, each with a step if need be: the problem with it, if there is one. */
function rangeProblem(range: string, bounds: Bounds): string | undefined {
  const [span = '', step, ...moreSteps] = range.split('/');
  if (moreSteps.length > 0) return `too many slashes: ${range}`;
  const [low = '', high, ...moreEnds] = span.split('-');
  if (low !== '*' && low !== '?' && moreEnds.length > 0) return `too many hyphens: ${range}`;
  const any = low === '*' || low === '?';
  const from = any ? bounds.min : valueOf(low, bounds);
  if (typeof from === 'string') return from;
  const to =
    any || (high === undefined && step !== undefined) ? bounds.max : high === undefined ? from : valueOf(high, bounds);
  if (typeof to === 'string') return to;
  if (step !== undefined && !/^\d+$/.test(step)) return `failed to parse int from ${step}`;
  if (from < bounds.min) return `beginning of range (${from}) below minimum (${bounds.min}): ${range}`;
  if (to > bounds.max) return `end of range (${to}) above maximum (${bounds.max}): ${range}`;
  if (from > to) return `beginning of range (${from}) beyond end of range (${to}): ${range}`;
  return step !== undefined && Number(step) === 0 ? `step of range should be a positive number: ${range}` : undefined;
}

const durationPattern = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/;

/** Why a text is no schedule: five fields, or a descriptor such as `@daily` or `@every 1h`. Undefined if it is one. Pure. */
export function scheduleProblem(schedule: string): string | undefined {
  const [, zone, rest = ''] = /^(?:CRON_)?TZ=(\S*)\s+(.*)$/.exec(schedule) ?? [undefined, '', schedule];
  const text = zone === undefined ? schedule : rest.trim();
  if (text === '') return 'empty spec string';
  if (text.startsWith('@every ')) {
    const duration = text.slice('@every '.length);
    return durationPattern.test(duration)
      ? undefined
      : `failed to parse duration ${text}: invalid duration "${duration}"`;
  }
  if (text.startsWith('@')) return descriptors.includes(text) ? undefined : `unrecognized descriptor: ${text}`;
  const given = text.split(/\s+/).filter((field) => field !== '');
  if (given.length !== fields.length)
    return `expected exactly ${fields.length} fields, found ${given.length}: [${given.join(' ')}]`;
  return given
    .flatMap((field, i) => {
      const bounds = fields[i];
      return bounds ? field.split(',').map((range) => rangeProblem(range, bounds)) : [];
    })
    .find((problem) => problem !== undefined);
}
