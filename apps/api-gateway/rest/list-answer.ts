import { apiVersionOf, resourceVersionOf, type AnyResource, type KubeObject, type Revision } from '@shiplog/domain';
import type { Answer } from '../request/incoming-request.js';
import { jsonHeaders } from '../request/status-answer.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import type { Page } from '../watch-cache/kind-cache.js';
import type { ListedItems } from './list-memo.js';
import { formatOf, untyped, valueAnswer } from './object-answer.js';
import type { ResourceCall } from './resource-call.js';
import { shown } from './stored-view.js';
import { partialMetadata, tableOf } from './table.js';

/** What a list answers with: objects of one moment. */
export interface Listing extends Page {
  readonly revision: Revision;
  readonly token?: string;
}

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** JSON of the objects as they are stored. */
export function isPlain(call: ResourceCall): boolean {
  const { as, media } = formatOf(call);
  return as === undefined && media === 'json' && !call.resource.storedAs;
}

const metaOf = ({ revision, token, remaining }: Omit<Listing, 'objects'>): ListMeta => ({
  resourceVersion: resourceVersionOf(revision),
  ...(token ? { continue: token } : {}),
  ...(remaining ? { remainingItemCount: remaining } : {}),
});

/** A list in the format that was asked for. */
export function listAnswer(call: ResourceCall, listed: Listing): Answer {
  const { objects } = listed;
  const { resource } = call;
  const format = formatOf(call);
  const meta = metaOf(listed);
  const values = (): KubeObject[] => objects.map(({ object }) => shown(resource, object));
  if (format.as === 'Table')
    return valueAnswer(200, tableOf(call, values(), { version: format.asVersion, meta }), format);
  if (format.as)
    return valueAnswer(
      200,
      {
        kind: 'PartialObjectMetadataList',
        apiVersion: `meta.k8s.io/${format.asVersion}`,
        metadata: meta,
        items: values().map((object) => partialMetadata(object, format.asVersion)),
      },
      format,
    );
  if (format.media !== 'json' || resource.storedAs)
    return valueAnswer(
      200,
      {
        kind: `${resource.kind}List`,
        apiVersion: apiVersionOf(resource),
        metadata: meta,
        items: values().map(untyped),
      },
      format,
    );
  return plainAnswer(resource, listed, { bytes: itemsOf(resource, objects) });
}

const comma = Buffer.from(',{');
const firstBrace = Buffer.from('{');
const end = Buffer.from(']}\n');

/**
 * The items and the end of a list. Items carry no kind and apiVersion of their own; in the bytes these come first and are as long for
 * every object.
 */
export function itemsOf(resource: AnyResource, objects: readonly CachedObject[]): Buffer {
  const skip = Buffer.byteLength(`{"kind":"${resource.kind}","apiVersion":"${apiVersionOf(resource)}",`);
  const parts: Buffer[] = [];
  for (const { bytes } of objects) parts.push(parts.length === 0 ? firstBrace : comma, bytes.subarray(skip));
  parts.push(end);
  return Buffer.concat(parts);
}

/** A list of items that are laid out already. */
export function plainAnswer(resource: AnyResource, listed: Omit<Listing, 'objects'>, { bytes }: ListedItems): Answer {
  const head = Buffer.from(
    `{"kind":"${resource.kind}List","apiVersion":"${apiVersionOf(resource)}","metadata":${JSON.stringify(metaOf(listed))},"items":[`,
  );
  return { code: 200, headers: jsonHeaders, body: { parts: [head, bytes], length: head.length + bytes.length } };
}
