import {
  parseForReading,
  resourceVersionOf,
  withResourceVersion,
  type EventType,
  type KubeObject,
  type ObjectKey,
  type ResourceEvent,
  type Revision,
} from '@shiplog/domain';
import { PieceOfMemory, type PackedBytes, type Place, type Tenant } from './packed-bytes.js';
import { RecentlyParsed } from './recently-parsed.js';
import {
  labelsOf,
  nodeNameOf,
  nodeNamePath,
  noLabels,
  noValues,
  valuesOf,
  type FieldValues,
  type Labels,
  type Selectable,
  type SelectableFields,
} from './selectable.js';
import { sharedText } from './shared.js';

const marker = Buffer.from('"metadata":{"resourceVersion":"');
const quote = 0x22;

const frozenInTests = process.env['NODE_ENV'] !== 'production';

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
}

const recentlyParsed = new RecentlyParsed();

/** The event's bytes, its revision in place, in memory that others share. */
function spliced({ body, revision }: Pick<ResourceEvent, 'body' | 'revision'>, into: PackedBytes) {
  const taken: Place[] = [];
  const bytes = withResourceVersion(body, revision, (length) => {
    const place = into.room(length);
    taken.push(place);
    return place.piece.read(place.start, place.end);
  });
  return { bytes, place: taken[0] as Place };
}

/** Joined, because a template would keep its parts beside the whole for as long as it is kept. */
export const keyOf = ({ namespace, name }: Pick<ObjectKey, 'namespace' | 'name'>): string =>
  [namespace, name].join('/');

/**
 * One state of one object: its bytes as clients get them, and what selectors ask for. Never changes. There is one of these for each object: it
 * is flat, and all that it refers to beside its key it has in common with others.
 */
export class CachedObject implements Tenant, Selectable {
  /** The state before this one, while the window of recent events reaches that far. */
  previous: CachedObject | undefined;
  private parsed: KubeObject | undefined;
  private start = 0;
  private end = 0;
  /** It is the newest state of its object, or was not told otherwise. */
  stays = true;

  private constructor(
    /** `<namespace>/<name>`. */
    readonly key: string,
    readonly namespace: string,
    /** A number is no object of its own; streams do not come to 2^53. */
    private readonly at: number,
    private readonly type: EventType,
    readonly labels: Labels,
    /** Undefined for kinds that have no such field. */
    readonly nodeName: string | undefined,
    private readonly values: FieldValues,
    /** Where the bytes are: in a buffer of their own, or among others. */
    private memory: Buffer | PieceOfMemory,
  ) {}

  /** One that is looked at and forgotten. */
  static of(event: ResourceEvent, selectable: SelectableFields): CachedObject {
    const bytes = withResourceVersion(event.body, event.revision);
    return CachedObject.from(event, selectable, keyOf(event.key), bytes, objectOf(event, bytes));
  }

  /** One that lives in a cache: its bytes go where they cost no memory of their own. `key` is that of the state before it, if there is one. */
  static packed(
    event: ResourceEvent,
    selectable: SelectableFields,
    into: PackedBytes,
    key = keyOf(event.key),
  ): CachedObject {
    const { bytes, place } = spliced(event, into);
    return CachedObject.from(event, selectable, key, place.piece, objectOf(event, bytes)).lieAt(place);
  }

  /** One of a snapshot: at hand is what only reads, until it is released. */
  static loaded(event: ResourceEvent, selectable: SelectableFields, into: PackedBytes): CachedObject {
    const { place } = spliced(event, into);
    const object = parseForReading(event.body, event.revision);
    return CachedObject.from(event, selectable, keyOf(event.key), place.piece, object).lieAt(place);
  }

  /** One that nobody will select by labels or fields: it has none, and is parsed only if it is asked for. */
  static unread({ key, revision, type, body }: ResourceEvent, into: PackedBytes): CachedObject {
    const { place } = spliced({ body, revision }, into);
    const [at, namespace] = [Number(revision), sharedText(key.namespace)];
    const of = new CachedObject(keyOf(key), namespace, at, type, noLabels, undefined, noValues, place.piece);
    return of.lieAt(place);
  }

  private static from(
    event: ResourceEvent,
    selectable: SelectableFields,
    key: string,
    memory: Buffer | PieceOfMemory,
    object: KubeObject,
  ): CachedObject {
    const { revision, type } = event;
    const cached = new CachedObject(
      key,
      sharedText(event.key.namespace),
      Number(revision),
      type,
      labelsOf(object),
      nodeNameOf(selectable, object),
      valuesOf(selectable, object),
      memory,
    );
    cached.parsed = object;
    if (frozenInTests) deepFreeze(object);
    return cached;
  }

  get name(): string {
    return this.key.slice(this.namespace.length + 1);
  }

  get revision(): Revision {
    return BigInt(this.at);
  }

  /** A delete: how the object last was. */
  get deleted(): boolean {
    return this.type === 'deleted';
  }

  /** First event of this object, or of its life after a delete. */
  get created(): boolean {
    return this.type === 'created';
  }

  /** Whether it had happened by this revision. */
  isBy(revision: Revision): boolean {
    return this.at <= revision;
  }

  field(path: string): string {
    if (path === 'metadata.name') return this.name;
    if (path === 'metadata.namespace') return this.namespace;
    if (path === nodeNamePath) return this.nodeName ?? '';
    return this.values.of(path, this);
  }

  /** JSON, resourceVersion in place. */
  get bytes(): Buffer {
    const { memory } = this;
    return memory instanceof PieceOfMemory ? memory.read(this.start, this.end) : memory;
  }

  /** Of the bytes. */
  get size(): number {
    const { memory } = this;
    return memory instanceof PieceOfMemory ? this.end - this.start : memory.length;
  }

  /** Another state has come after this one. */
  superseded(): void {
    this.stays = false;
  }

  /** It is not read any more, but for those who read it already. */
  leave(): void {
    if (this.memory instanceof PieceOfMemory) this.memory.leave();
  }

  /** Most of those that its bytes lie among have gone. */
  moveOut(): void {
    const { memory } = this;
    if (memory instanceof PieceOfMemory) this.lieAt(memory.among.add(this.bytes));
  }

  private lieAt({ piece, start, end }: Place): this {
    [this.memory, this.start, this.end] = [piece, start, end];
    piece.enter(this);
    return this;
  }

  /** Parsed when asked for, and kept for a while; at hand while the event is new. Shared: not to be changed. */
  get object(): KubeObject {
    return this.parsed ?? this.keep(parsed(this.bytes));
  }

  /** The bytes stay, the parsed copy goes. */
  release(): void {
    this.parsed = undefined;
  }

  private keep(object: KubeObject): KubeObject {
    if (frozenInTests) deepFreeze(object);
    this.parsed = object;
    recentlyParsed.add(this);
    return object;
  }
}

const parsed = (bytes: Buffer): KubeObject => JSON.parse(bytes.toString('utf8')) as KubeObject;

/** What the event says: as its writer still has it, or from its bytes. */
const objectOf = ({ object, revision }: ResourceEvent, bytes: Buffer): KubeObject =>
  object ? atRevision(object, revision) : parsed(bytes);

const atRevision = (object: KubeObject, revision: Revision): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: resourceVersionOf(revision) },
});

/** The state as it was at `revision`, as far back as the window reaches. */
export function stateAt(head: CachedObject, revision: Revision): CachedObject | undefined {
  let state: CachedObject | undefined = head;
  while (state && !state.isBy(revision)) state = state.previous;
  return state;
}

/** Bytes of an object with another resourceVersion: how a watch shows an object that has left its selection. */
export function withOtherResourceVersion(bytes: Buffer, revision: Revision): Buffer {
  const start = bytes.indexOf(marker) + marker.length;
  const end = bytes.indexOf(quote, start);
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(resourceVersionOf(revision)), bytes.subarray(end)]);
}
