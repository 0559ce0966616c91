import type { KubeObject, ObjectMeta } from '../api/kube-object.js';
import type { Column } from './define-resource.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** A length of time as kubectl prints ages: `45s`, `3m12s`, `5h30m`, `3d4h`, `2y30d`. Source: apimachinery's HumanDuration. */
export function humanDuration(ms: number): string {
  if (ms < -second) return '<invalid>';
  if (ms < 0) return '0s';
  const whole = (unit: number): number => Math.floor(ms / unit);
  const pair = (big: number, bigName: string, small: number, smallName: string): string => {
    const rest = Math.floor((ms % big) / small);
    return `${whole(big)}${bigName}${rest === 0 ? '' : `${rest}${smallName}`}`;
  };
  if (whole(second) < 120) return `${whole(second)}s`;
  if (whole(minute) < 10) return pair(minute, 'm', second, 's');
  if (whole(minute) < 180) return `${whole(minute)}m`;
  if (whole(hour) < 8) return pair(hour, 'h', minute, 'm');
  if (whole(hour) < 48) return `${whole(hour)}h`;
  if (whole(hour) < 192) return pair(day, 'd', hour, 'h');
  if (whole(day) < 365 * 2) return `${whole(day)}d`;
  if (whole(day) < 365 * 8) return pair(year, 'y', day, 'd');
  return `${whole(year)}y`;
}

/** How long ago a time was; `<unknown>` if there is none. */
export const since = (time: string | undefined | null, now: Date): string =>
  time === undefined || time === null ? '<unknown>' : humanDuration(now.getTime() - Date.parse(time));

/** The latest of some times; undefined if there is none. */
export const latest = (times: readonly (string | undefined)[]): string | undefined =>
  times.filter((time) => time !== undefined).sort((a, b) => Date.parse(b) - Date.parse(a))[0];

interface Extra {
  readonly priority?: number;
  readonly format?: string;
  readonly description?: string;
}

export const column = <T>(
  name: string,
  type: Column<T>['type'],
  value: (object: T, now: Date) => string | number | boolean | null,
  extra: Extra = {},
): Column<T> => ({ name, type, value, ...extra });

/** A column that only -o wide shows. */
export const wide = <T>(
  name: string,
  type: Column<T>['type'],
  value: (object: T, now: Date) => string | number | boolean | null,
): Column<T> => column(name, type, value, { priority: 1 });

type Named = Pick<KubeObject, 'metadata'> | { metadata: ObjectMeta };

export const nameColumn: Column<Named> = column('Name', 'string', ({ metadata }) => metadata.name ?? '', {
  format: 'name',
  description: 'Name of the object, unique among its kind in its namespace.',
});

export const ageColumn: Column<Named> = column(
  'Age',
  'string',
  ({ metadata }, now) => since(metadata.creationTimestamp, now),
  {
    description: 'Time since the object was created.',
  },
);

/** Of kinds whose tables nobody has thought about. */
export const createdAtColumn: Column<Named> = column(
  'Created At',
  'date',
  ({ metadata }) => metadata.creationTimestamp ?? '',
  { description: 'When the object was created.' },
);

export const orNone = (text: string | undefined): string => (text ? text : '<none>');

/** `a=b,c=d` sorted by key; `<none>` for an empty map. */
export const labelsText = (labels: Record<string, string> | undefined): string =>
  orNone(
    Object.keys(labels ?? {})
      .sort()
      .map((key) => `${key}=${labels?.[key]}`)
      .join(','),
  );

/** At most three items, then how many more there are. */
export function firstThree(items: readonly string[]): string {
  if (items.length === 0) return '<unset>';
  return items.length <= 3 ? items.join(',') : `${items.slice(0, 3).join(',')} + ${items.length - 3} more...`;
}
