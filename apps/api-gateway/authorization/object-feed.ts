import type { KubeObject } from '@shiplog/domain';

/** One change of one object as the watch cache saw it; of a deleted object, its last state. */
export interface ObjectChange {
  readonly type: 'created' | 'updated' | 'deleted';
  /** May be parsed on first use: who can tell from `cached` that it does not matter saves that. */
  readonly object: KubeObject;
  readonly cached?: CachedState;
}

/** What is known of an object without parsing it. */
export interface CachedState {
  /** `<namespace>/<name>`. */
  readonly key: string;
  /** Undefined for kinds that cannot be selected by their node. */
  readonly nodeName: string | undefined;
  readonly bytes: Buffer;
}

/** Where an index learns what it is about. Implemented over the watch cache. */
export interface ObjectFeed {
  /** Calls back for every object that is there, then for each change, in the order of the log. */
  follow(resource: { readonly group: string; readonly plural: string }, listener: (change: ObjectChange) => void): void;
}
