import {
  resourceVersionOf,
  withResourceVersion,
  type KubeObject,
  type ResourceEvent,
  type Revision,
} from '@shiplog/domain';

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

/** One state of one object: its bytes as clients get them, and the few fields that selectors ask for. Never changes. */
export class CachedObject {
  /** The state before this one, while the window of recent events reaches that far. */
  previous: CachedObject | undefined;
  private parsed: KubeObject | undefined;

  private constructor(
    readonly namespace: string,
    readonly name: string,
    readonly revision: Revision,
    /** A delete: how the object last was. */
    readonly deleted: boolean,
    /** First event of this object, or of its life after a delete. */
    readonly created: boolean,
    /** JSON, resourceVersion in place. */
    readonly bytes: Buffer,
    readonly labels: Readonly<Record<string, string>>,
    readonly fields: Readonly<Record<string, string>>,
  ) {}

  static of({ key, revision, type, body }: ResourceEvent, selectable: SelectableFields): CachedObject {
    const bytes = withResourceVersion(body, revision);
    const object = JSON.parse(bytes.toString('utf8')) as KubeObject;
    const fields: Record<string, string> = { 'metadata.name': key.name, 'metadata.namespace': key.namespace };
    for (const [path, value] of Object.entries(selectable)) fields[path] = value(object);
    return new CachedObject(
      key.namespace,
      key.name,
      revision,
      type === 'deleted',
      type === 'created',
      bytes,
      object.metadata.labels ?? noLabels,
      fields,
    );
  }

  get key(): string {
    return `${this.namespace}/${this.name}`;
  }

  /** Parsed on first use and kept while this is the present state. Shared: not to be changed. */
  get object(): KubeObject {
    if (!this.parsed) {
      this.parsed = JSON.parse(this.bytes.toString('utf8')) as KubeObject;
      if (frozenInTests) deepFreeze(this.parsed);
    }
    return this.parsed;
  }

  /** Called when a newer state takes over: the bytes stay, the parsed copy goes. */
  release(): void {
    this.parsed = undefined;
  }
}

/** The state as it was at `revision`, as far back as the window reaches. */
export function stateAt(head: CachedObject, revision: Revision): CachedObject | undefined {
  let state: CachedObject | undefined = head;
  while (state && state.revision > revision) state = state.previous;
  return state;
}

const noLabels: Readonly<Record<string, string>> = {};

/** Bytes of an object with another resourceVersion: how a watch shows an object that has left its selection. */
export function withOtherResourceVersion(bytes: Buffer, revision: Revision): Buffer {
  const start = bytes.indexOf(marker) + marker.length;
  const end = bytes.indexOf(quote, start);
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(resourceVersionOf(revision)), bytes.subarray(end)]);
}
