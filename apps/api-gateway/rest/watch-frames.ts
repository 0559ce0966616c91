import {
  apiVersionOf,
  encodeWatchEvent,
  resourceVersionOf,
  type AnyResource,
  type KubeObject,
  type Revision,
} from '@shiplog/domain';
import { stringify } from 'yaml';
import type { WatchEvent } from '../watch-cache/watch-event.js';
import { protobufType, type AnswerFormat } from './negotiation.js';
import type { ResourceCall } from './resource-call.js';
import { shown } from './stored-view.js';
import { partialMetadata, tableOf } from './table.js';

const closing = Buffer.from('}\n');

const plainFrame = (event: WatchEvent): Buffer =>
  Buffer.concat([Buffer.from(`{"type":"${event.type}","object":`), event.bytes, closing]);

function valueFrame(type: string, object: object, { media }: AnswerFormat): Buffer {
  if (media === 'yaml') return Buffer.from(`${stringify({ type, object })}---\n`);
  const bytes = media === 'protobuf' ? encodeWatchEvent(type, object) : undefined;
  return bytes ?? Buffer.from(`${JSON.stringify({ type, object })}\n`);
}

/** How one watch writes its events. Frames that are the same for all watchers of a format are encoded once. */
export class WatchFrames {
  private first = true;
  private readonly memoName: string;

  constructor(
    private readonly call: ResourceCall,
    private readonly format: AnswerFormat,
  ) {
    const { media, as, asVersion } = format;
    this.memoName = [
      call.resource.group,
      call.resource.version,
      media,
      as ?? '',
      asVersion,
      call.context.incoming.query.get('includeObject') ?? '',
    ].join(' ');
  }

  get contentType(): string {
    return this.format.media === 'protobuf' ? `${protobufType};stream=watch` : 'application/json';
  }

  event(event: WatchEvent): Buffer {
    if (this.format.as === undefined && this.format.media === 'json' && !this.call.resource.storedAs)
      return event.frame('json', plainFrame);
    if (this.format.as === 'Table' && this.first) {
      this.first = false;
      return this.table(event, true);
    }
    return event.frame(this.memoName, (unseen) => this.encode(unseen));
  }

  /** Says how far the watch has come; `initialEventsEnd` that the list which it began with is complete. */
  bookmark(revision: Revision, initialEventsEnd: boolean): Buffer {
    const { resource } = this.call;
    const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata = { resourceVersion: resourceVersionOf(revision), creationTimestamp: null, ...annotations };
    const { as, asVersion } = this.format;
    if (as === 'Table') {
      const table = tableOf(this.call, [], {
        version: asVersion,
        meta: { resourceVersion: resourceVersionOf(revision) },
        withColumns: this.first,
      });
      return valueFrame('BOOKMARK', { ...table, ...(initialEventsEnd ? { metadata } : {}) }, this.format);
    }
    return valueFrame('BOOKMARK', { ...typeOf(resource, this.format), metadata }, this.format);
  }

  private encode(event: WatchEvent): Buffer {
    const { as, asVersion } = this.format;
    if (as === 'Table') return this.table(event, false);
    const object = this.shown(event);
    return valueFrame(event.type, as ? partialMetadata(object, asVersion) : object, this.format);
  }

  private shown(event: WatchEvent): KubeObject {
    return shown(this.call.resource, JSON.parse(event.bytes.toString('utf8')) as KubeObject);
  }

  private table(event: WatchEvent, withColumns: boolean): Buffer {
    const table = tableOf(this.call, [this.shown(event)], { version: this.format.asVersion, withColumns });
    return valueFrame(event.type, table, this.format);
  }
}

const typeOf = (resource: AnyResource, { as, asVersion }: AnswerFormat): { kind: string; apiVersion: string } =>
  as
    ? { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${asVersion}` }
    : { kind: resource.kind, apiVersion: apiVersionOf(resource) };
