import { badRequest, parseRevision, type Revision } from '@shiplog/domain';

/** A point in the cluster's past: a revision of RESOURCES, or a time. */
export type Moment = { readonly revision: Revision } | { readonly time: Date };

/** What `/as-of/<…>/` can name: one moment, or a stretch that is played again. */
export type PastTime = { readonly at: Moment } | { readonly from: Moment; readonly to: Moment; readonly speed: number };

const unitMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };
const duration = /^(?:[0-9]+(?:\.[0-9]+)?[dhms])+$/;
const rfc3339 = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})?)?$/;

const durationMs = (text: string): number =>
  [...text.matchAll(/([0-9.]+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0),
    0,
  );

/** A revision (`4711`), a time (`2030-01-02T03:04:05Z`; a day alone is its beginning, in UTC), how long ago (`2m`, `1h30m`) or `now`. Pure. @throws BadRequest */
export function parseMoment(text: string, now: Date): Moment {
  const revision = parseRevision(text);
  if (revision !== undefined) return { revision };
  const ago = text.replace(/-ago$/, '');
  if (duration.test(ago)) return { time: new Date(now.getTime() - durationMs(ago)) };
  if (text === 'now') return { time: now };
  const time = rfc3339.test(text) ? new Date(inUtc(text)) : new Date(NaN);
  if (Number.isNaN(time.getTime()))
    throw badRequest(
      `${JSON.stringify(text)} is no moment: give a revision (4711), a time (2030-01-02T03:04:05Z), how long ago (2m, 1h30m) or now`,
    );
  return { time };
}

const inUtc = (text: string): string => (/(?:[Zz]|[+-]\d{2}:\d{2}|^\d{4}-\d{2}-\d{2})$/.test(text) ? text : `${text}Z`);

/** A moment, or `<from>..<to>` with the speed of its replay behind it (`@10x`) or in the query. Pure. @throws BadRequest */
export function parsePastTime(text: string, speed: string | null, now: Date): PastTime {
  const [, range = text, factor] = /^(.*)@([0-9.]+)x$/.exec(text) ?? [];
  const ends = range.split('..');
  if (ends.length !== 2) return { at: parseMoment(range, now) };
  const times = Number(factor ?? speed?.replace(/x$/, '') ?? 1);
  if (!(times > 0))
    throw badRequest(`${JSON.stringify(speed ?? factor)} is no speed: give a factor greater than 0, such as 10`);
  return { from: parseMoment(ends[0] || '0', now), to: parseMoment(ends[1] || 'now', now), speed: times };
}
