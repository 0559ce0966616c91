import {
  resourceVersionOf,
  withResourceVersion,
  type KubeObject,
  type ResourceEvent,
  type Revision,
} from '@shiplog/domain';
import type { PackedBytes, PieceOfMemory, Place, Tenant } from './packed-bytes.js';
import { RecentlyParsed } from './recently-parsed.js';

const marker = Buffer.from('"metadata":{"resourceVersion":"');
const quote = 0x22;

/** What field selectors of a kind can ask for: path → value. */
export type SelectableFields = Readonly<Record<string, (object: KubeObject) => string>>;

const frozenInTests = process.env['NODE_ENV'] !== 'production';

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
}

const recentlyParsed = new RecentlyParsed();

type Labels = Readonly<Record<string, string>>;

const mostShared = 4_096;
const texts = new Map<string, string>();
const labelSets = new Map<string, Labels>();

/** What was first said by this key: many objects say the same, and each would keep a copy of its own. Forgets, so that rare ones do not add up. */
function first<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= mostShared) known.clear();
  known.set(key, value);
  return value;
}

const shared = (text: string): string => first(texts, text, text);
const sharedLabels = (labels: Labels | undefined): Labels =>
  labels ? first(labelSets, JSON.stringify(labels), labels) : noLabels;

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

/** One state of one object: its bytes as clients get them, and the few fields that selectors ask for. Never changes. */
export class CachedObject implements Tenant {
  /** The state before this one, while the window of recent events reaches that far. */
  previous: CachedObject | undefined;
  private parsed: KubeObject | undefined;
  /** Where the bytes are if they are not its own. Flat, for there is one of these for each object. */
  private piece: PieceOfMemory | undefined;
  private start = 0;
  private end = 0;
  /** It is the newest state of its object, or was not told otherwise. */
  stays = true;

  private constructor(
    readonly namespace: string,
    readonly name: string,
    readonly revision: Revision,
    /** A delete: how the object last was. */
    readonly deleted: boolean,
    /** First event of this object, or of its life after a delete. */
    readonly created: boolean,
    private own: Buffer | undefined,
    readonly labels: Labels,
    readonly fields: Readonly<Record<string, string>>,
  ) {}

  static of(event: ResourceEvent, selectable: SelectableFields): CachedObject {
    const bytes = withResourceVersion(event.body, event.revision);
    return CachedObject.from(event, selectable, bytes, bytes);
  }

  /** One that comes from a snapshot: it is likely to stay, and its bytes go at once where they cost no memory of their own. */
  static packed(event: ResourceEvent, selectable: SelectableFields, into: PackedBytes): CachedObject {
    const { bytes, place } = spliced(event, into);
    const cached = CachedObject.from(event, selectable, bytes, undefined);
    cached.lieAt(place);
    return cached;
  }

  /** One that nobody will select by labels or fields: it has none, and is parsed only if it is asked for. */
  static unread({ key, ...event }: ResourceEvent, into: PackedBytes): CachedObject {
    const { place } = spliced(event, into);
    const { revision, type } = event;
    const [deleted, created] = [type === 'deleted', type === 'created'];
    const cached = new CachedObject(key.namespace, key.name, revision, deleted, created, undefined, noLabels, noLabels);
    cached.lieAt(place);
    return cached;
  }

  private static from(
    event: ResourceEvent,
    selectable: SelectableFields,
    bytes: Buffer,
    own: Buffer | undefined,
  ): CachedObject {
    const { key, revision, type } = event;
    const object = event.object ? atRevision(event.object, revision) : parsed(bytes);
    const namespace = shared(key.namespace);
    const fields: Record<string, string> = { 'metadata.name': key.name, 'metadata.namespace': namespace };
    for (const [path, value] of Object.entries(selectable)) fields[path] = shared(value(object));
    const cached = new CachedObject(
      namespace,
      key.name,
      revision,
      type === 'deleted',
      type === 'created',
      own,
      sharedLabels(object.metadata.labels),
      fields,
    );
    cached.parsed = object;
    if (frozenInTests) deepFreeze(object);
    return cached;
  }

  /** JSON, resourceVersion in place. */
  get bytes(): Buffer {
    return this.own ?? (this.piece as PieceOfMemory).read(this.start, this.end);
  }

  /** Of the bytes. */
  get size(): number {
    return this.own?.length ?? this.end - this.start;
  }

  /** It is likely to stay: its bytes go where they cost no memory of their own. */
  pack(into: PackedBytes): void {
    if (this.own) this.moveTo(into, this.own);
  }

  /** Another state has come after this one: it is soon not read any more. */
  superseded(): void {
    this.stays = false;
    this.piece?.leave();
  }

  /** Most of those that its bytes lie among have gone. */
  moveOut(): void {
    if (this.piece) this.moveTo(this.piece.among, this.bytes);
  }

  private moveTo(packed: PackedBytes, bytes: Buffer): void {
    const { piece, start, end } = packed.add(bytes, this);
    [this.piece, this.start, this.end] = [piece, start, end];
    this.own = undefined;
  }

  private lieAt({ piece, start, end }: Place): void {
    [this.piece, this.start, this.end] = [piece, start, end];
    piece.enter(this);
  }

  get key(): string {
    // Joined, because a template would keep its parts beside the whole for as long as it is kept.
    return [this.namespace, this.name].join('/');
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

const atRevision = (object: KubeObject, revision: Revision): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: resourceVersionOf(revision) },
});

/** The state as it was at `revision`, as far back as the window reaches. */
export function stateAt(head: CachedObject, revision: Revision): CachedObject | undefined {
  let state: CachedObject | undefined = head;
  while (state && state.revision > revision) state = state.previous;
  return state;
}

const noLabels: Labels = {};

/** Bytes of an object with another resourceVersion: how a watch shows an object that has left its selection. */
export function withOtherResourceVersion(bytes: Buffer, revision: Revision): Buffer {
  const start = bytes.indexOf(marker) + marker.length;
  const end = bytes.indexOf(quote, start);
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(resourceVersionOf(revision)), bytes.subarray(end)]);
}
