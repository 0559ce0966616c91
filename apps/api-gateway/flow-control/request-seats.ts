import type { RequestInfo } from '../request/request-info.js';

/** Source: upstream's work estimator. */
const objectsPerSeat = 100;
const maxListSeats = 10;

const startsWithState = (query: URLSearchParams): boolean =>
  query.get('sendInitialEvents') === 'true' || ['', '0'].includes(query.get('resourceVersion') ?? '');

/** Whether a request costs by what it lists. */
const lists = ({ isResource, verb, name }: RequestInfo, query: URLSearchParams): boolean =>
  isResource &&
  name === '' &&
  (verb === 'list' || verb === 'deletecollection' || (verb === 'watch' && startsWithState(query)));

/**
 * What a request is charged: one seat, and for each further hundred objects that it lists another, up to what its level allows.
 * `objects` is how many there are of its kind, asked for only where it matters. Pure.
 */
export function seatsOf(info: RequestInfo, query: URLSearchParams, maxSeats: number, objects: () => number): number {
  if (!lists(info, query)) return 1;
  const limit = Number(query.get('limit') ?? 0);
  const all = objects();
  const listed = limit > 0 ? Math.min(limit, all) : all;
  return Math.max(1, Math.min(maxSeats, maxListSeats, Math.ceil(listed / objectsPerSeat)));
}
