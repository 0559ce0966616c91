import { apiVersionOf, resourceVersionOf, type AnyResource, type KubeObject, type Revision } from '@shiplog/domain';
import type { Answer } from '../request/incoming-request.js';
import { jsonHeaders } from '../request/status-answer.js';
import type { Page } from '../watch-cache/kind-cache.js';
import { ListItems, type Moment } from './list-items.js';
import { formatOf, untyped, valueAnswer } from './object-answer.js';
import type { ResourceCall } from './resource-call.js';
import { shown } from './stored-view.js';
import { partialMetadata, tableOf } from './table.js';

/** What a list answers with: objects of one moment. */
export interface Listing extends Page {
  readonly revision: Revision;
  readonly token?: string;
  readonly moment: Moment;
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

const metaOf = ({ revision, token, remaining }: Pick<Listing, 'revision' | 'token' | 'remaining'>): ListMeta => ({
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
  return plainAnswer(resource, listed, new ListItems(resource, objects, listed.moment));
}

/** A list of items that are sent as they are stored. */
export function plainAnswer(resource: AnyResource, listed: Parameters<typeof metaOf>[0], items: ListItems): Answer {
  const head = Buffer.from(
    `{"kind":"${resource.kind}List","apiVersion":"${apiVersionOf(resource)}","metadata":${JSON.stringify(metaOf(listed))},"items":[`,
  );
  const body = { parts: behind(head, items), length: head.length + items.length, held: items.held };
  return { code: 200, headers: jsonHeaders, body };
}

function* behind(head: Uint8Array, { parts }: ListItems): Generator<Uint8Array> {
  yield head;
  yield* parts;
}
