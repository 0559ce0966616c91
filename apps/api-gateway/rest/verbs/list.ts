import {
  badRequest,
  invalidObject,
  parseRevision,
  storedResource,
  type FieldError,
  type Revision,
} from '@shiplog/domain';
import type { Answer } from '../../request/incoming-request.js';
import { CachedObject } from '../../watch-cache/cached-object.js';
import type { KindCache, Page } from '../../watch-cache/kind-cache.js';
import { PackedBytes } from '../../watch-cache/packed-bytes.js';
import { selects } from '../../watch-cache/watchers.js';
import { decodeToken, encodeToken, expiredToken, tokenLifeMs, type ContinueToken } from '../continue-token.js';
import { isPlain, listAnswer, plainAnswer, type Listing } from '../list-answer.js';
import { ListItems, type Moment } from '../list-items.js';
import { ListMemo } from '../list-memo.js';
import { listOptions, type ListOptions } from '../list-options.js';
import { formatOf } from '../object-answer.js';
import { awaitRevision, invalidRevision, tooLarge } from '../read-revision.js';
import type { ResourceCall, Verb } from '../resource-call.js';
import { cacheOf } from '../stored-view.js';

const memo = new ListMemo();

/** LIST: copies the bytes of the objects that are selected, of the present or of an earlier moment, whole or in pages. */
export const list: Verb = async (call) => {
  const { resource, context } = call;
  formatOf(call);
  const options = listOptions(resource, context);
  checkOptions(options);
  const cache = cacheOf(call);
  if (!cache) throw badRequest(`${resource.plural} are not kept`);
  return isPlain(call) && options.continueToken === '' && !isPinned(options)
    ? presentList(call, cache, options)
    : listAnswer(call, await listing(call, cache, options));
};

/** Pinned to the revision that is asked for; everything else, but for the page behind a token, is of now. */
const isPinned = ({ resourceVersion, resourceVersionMatch, limit }: ListOptions): boolean =>
  resourceVersionMatch === 'Exact' ||
  (resourceVersionMatch === '' && limit !== undefined && limit > 0 && !['', '0'].includes(resourceVersion));

/** The list that nearly everybody asks for. */
async function presentList(call: ResourceCall, cache: KindCache, options: ListOptions): Promise<Answer> {
  const { resource, gateway, context } = call;
  const { resourceVersion, selection, limit } = options;
  await awaitRevision(gateway.cache, resource, resourceVersion, context);
  const revision = gateway.cache.position(resource.stream);
  // Whoever takes any state gets it whole, as from the reference's cache.
  const shown = resourceVersion === '0' ? undefined : limit;
  const { items, ...rest } = memo.listed(cache, whatIsListed(call, shown), () => {
    const { objects, ...others } = cache.page(selection, shown && shown > 0 ? { limit: shown } : {});
    return { ...others, items: new ListItems(resource, objects, presentOf(cache)) };
  });
  return plainAnswer(resource, withToken(rest, { after: '', since: Date.now() }, revision), items);
}

const presentOf = (cache: KindCache): Moment => {
  const before = cache.replacedBytes;
  return { of: cache, replaced: () => cache.replacedBytes - before };
};

/** Each part with its length, so that no two queries read alike. */
const whatIsListed = ({ context: { info, incoming } }: ResourceCall, limit = 0): string =>
  [info.namespace, info.name, ...['labelSelector', 'fieldSelector'].map((name) => incoming.query.get(name) ?? '')]
    .map((part) => `${part.length}:${part}`)
    .concat(String(limit))
    .join(' ');

function checkOptions({ resourceVersion, resourceVersionMatch, continueToken, sendInitialEvents }: ListOptions): void {
  const errors: FieldError[] = [];
  const match = (message: string): void => {
    errors.push({ reason: 'FieldValueForbidden', field: 'resourceVersionMatch', message: `Forbidden: ${message}` });
  };
  if (resourceVersionMatch !== '') {
    if (continueToken !== '') match('resourceVersionMatch is forbidden when continue is provided');
    if (resourceVersion === '') match('resourceVersionMatch is forbidden unless resourceVersion is provided');
    if (!['Exact', 'NotOlderThan'].includes(resourceVersionMatch))
      errors.push({
        reason: 'FieldValueNotSupported',
        field: 'resourceVersionMatch',
        message: `Unsupported value: ${JSON.stringify(resourceVersionMatch)}: supported values: "Exact", "NotOlderThan", ""`,
      });
    if (resourceVersionMatch === 'Exact' && resourceVersion === '0')
      match('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  if (sendInitialEvents !== undefined)
    errors.push({
      reason: 'FieldValueForbidden',
      field: 'sendInitialEvents',
      message: 'Forbidden: sendInitialEvents is forbidden for list',
    });
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}

async function listing(call: ResourceCall, cache: KindCache, options: ListOptions): Promise<Listing> {
  const { resource, gateway, context } = call;
  const { resourceVersion, continueToken } = options;
  if (continueToken !== '' && !['', '0'].includes(resourceVersion))
    throw badRequest('specifying resource version is not allowed when using continue');
  if (continueToken !== '') return nextPage(call, cache, options, decodeToken(continueToken));
  await awaitRevision(gateway.cache, resource, resourceVersion, context);
  const present = gateway.cache.position(resource.stream);
  // Whoever takes any state gets it whole, as from the reference's cache.
  const whole = resourceVersion === '0' ? { ...options, limit: undefined } : options;
  if (!isPinned(options)) return page(cache, whole, { after: '', since: Date.now() }, present);
  const revision = parseRevision(resourceVersion);
  if (revision === undefined) throw invalidRevision(resourceVersion);
  if (revision > present) throw tooLarge(revision, present);
  return earlier(call, cache, options, { revision, after: '', since: Date.now() });
}

async function nextPage(
  call: ResourceCall,
  cache: KindCache,
  options: ListOptions,
  token: ContinueToken,
): Promise<Listing> {
  const { resource, gateway } = call;
  const now = Date.now();
  if (now - token.since > tokenLifeMs) throw expiredToken(token.after, now);
  await gateway.cache.reachPresent(resource.stream);
  if (token.revision === undefined) return page(cache, options, token, gateway.cache.position(resource.stream));
  return earlier(call, cache, options, token);
}

/** A moment that may lie behind what memory holds. */
async function earlier(
  call: ResourceCall,
  cache: KindCache,
  options: ListOptions,
  token: ContinueToken,
): Promise<Listing> {
  const revision = token.revision ?? 0n;
  if (revision >= cache.completeSince) return page(cache, options, token, revision, revision);
  const { name, matches } = options.selection;
  const limit = options.limit && options.limit > 0 ? options.limit : Infinity;
  // Selectors see objects; without them the archive cuts out the page.
  const isCut = name === undefined && !matches && limit < Infinity;
  const found = await (isCut
    ? archivedPage(call, options, revision, token.after, limit)
    : selected(call, options, revision, token.after));
  if (!found) throw expiredToken(token.after, Date.now());
  const objects = found.objects.slice(0, limit);
  const remaining = found.objects.length - objects.length + found.remaining;
  const moment: Moment = { of: found, replaced: () => Infinity };
  return withToken(
    {
      objects,
      moment,
      ...(remaining > 0 ? { last: objects[objects.length - 1]?.key ?? '', ...(matches ? {} : { remaining }) } : {}),
    },
    token,
    revision,
  );
}

/** Objects behind a place in the order, and how many there are behind them. */
interface Found {
  readonly objects: readonly CachedObject[];
  readonly remaining: number;
}

async function archivedPage(
  { resource, gateway, context }: ResourceCall,
  { selection: { namespace } }: ListOptions,
  revision: Revision,
  after: string,
  limit: number,
): Promise<Found | undefined> {
  const asked = { namespace, after, limit };
  const past = await gateway.past.pageAt(storedResource(resource), revision, asked, context.signal);
  const memory = new PackedBytes();
  return past && { objects: past.events.map((event) => CachedObject.unread(event, memory)), remaining: past.remaining };
}

async function selected(
  { resource, gateway, context }: ResourceCall,
  { selection }: ListOptions,
  revision: Revision,
  after: string,
): Promise<Found | undefined> {
  const { namespace, matches } = selection;
  const stored = storedResource(resource);
  const past = await gateway.past.objectsAt(stored, revision, { namespace }, context.signal);
  const memory = new PackedBytes();
  const objects = past
    ?.map((event) => (matches ? CachedObject.of(event, stored.selectableFields) : CachedObject.unread(event, memory)))
    .filter((object) => selects(selection, object) && object.key > after);
  return objects && { objects, remaining: 0 };
}

function page(
  cache: KindCache,
  { selection, limit }: ListOptions,
  token: ContinueToken,
  shown: Revision,
  at?: Revision,
): Listing {
  const found = cache.page(selection, {
    after: token.after,
    ...(limit && limit > 0 ? { limit } : {}),
    ...(at === undefined ? {} : { revision: at }),
  });
  return withToken({ ...found, moment: presentOf(cache) }, token, shown);
}

const withToken = <Found extends Pick<Page, 'last' | 'remaining'>>(
  found: Found,
  { since }: ContinueToken,
  revision: Revision,
): Found & { revision: Revision; token?: string } => ({
  ...found,
  revision,
  ...(found.last === undefined ? {} : { token: encodeToken({ revision, after: found.last, since }) }),
});
