import type { ApiClient, Change, ChangeListener, EventReporter, NewCoreEvent } from '@shiplog/client';
import { alreadyExists, notFound, type KubeObject } from '@shiplog/domain';
import type { Feed } from '../node/feed.js';
import type { NodeFacts } from '../node/node-object.js';

export const nodeFacts: NodeFacts = {
  name: 'node-1',
  ip: '127.64.0.1',
  podCidr: '100.64.0.0/24',
  servingPort: 1,
  capacity: { cpu: '4', pods: '110' },
  info: {
    ...{ machineID: 'm', systemUUID: 'm', bootID: 'b', kernelVersion: 'k', osImage: 'o', containerRuntimeVersion: 'h' },
    ...{ kubeletVersion: 'v', kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64' },
  },
  hollow: true,
};

/** A feed that a test feeds. As the real one, it begins with what is there. */
export class FakeFeed<T extends KubeObject> implements Feed<T> {
  private listener: ChangeListener<T> | undefined;
  private readonly there = new Map<string, T>();

  whenSynced = (): Promise<void> => Promise.resolve();

  onChange(listener: ChangeListener<T>): () => void {
    this.listener = listener;
    for (const object of this.there.values()) this.tell('added', object);
    return () => (this.listener = undefined);
  }

  tell(type: Change['type'], object: T): void {
    const { name = '', resourceVersion = '0' } = object.metadata;
    if (type === 'deleted') this.there.delete(name);
    else this.there.set(name, object);
    const revision = BigInt(resourceVersion);
    const current = { object, revision, cause: `RESOURCES/${revision}` as const };
    this.listener?.({ type, key: name, current, previous: current } as Change<T>);
  }
}

type Write = (ref: { plural: string; name?: string; subresource?: string }, ...rest: never[]) => Promise<unknown>;

/** An API in memory that notes who writes what: `create nodes`, `patch nodes/status`. Merges patches of the status. */
export class FakeNodeApi {
  readonly objects = new Map<string, KubeObject>();
  readonly writes: string[] = [];
  readonly events: NewCoreEvent[] = [];
  private revision = 0;

  readonly client = {
    get: ({ plural, name }: { plural: string; name: string }) => {
      const object = this.objects.get(`${plural}/${name}`);
      return object ? Promise.resolve(object) : Promise.reject(notFound({ group: '', plural }, name));
    },
    create: ((ref, object: KubeObject) => {
      const { name = '' } = object.metadata;
      this.writes.push(`create ${ref.plural}`);
      if (this.objects.has(`${ref.plural}/${name}`))
        return Promise.reject(alreadyExists({ group: '', plural: ref.plural }, name));
      return Promise.resolve(this.store(ref.plural, object));
    }) as Write,
    update: ((ref, object: KubeObject) => {
      this.writes.push(`update ${ref.plural}`);
      return Promise.resolve(this.store(ref.plural, object));
    }) as Write,
    patch: ((ref, _type: string, patch: { status?: object; metadata?: object }) => {
      this.writes.push(`patch ${[ref.plural, ref.subresource].filter(Boolean).join('/')}`);
      const known = this.objects.get(`${ref.plural}/${ref.name}`);
      if (!known) return Promise.reject(notFound({ group: '', plural: ref.plural }, ref.name ?? ''));
      return Promise.resolve(
        this.store(ref.plural, {
          ...known,
          metadata: { ...known.metadata, ...patch.metadata },
          status: { ...(known['status'] as object), ...patch.status },
        }),
      );
    }) as Write,
    delete: ((ref) => {
      this.writes.push(`delete ${ref.plural}`);
      this.objects.delete(`${ref.plural}/${ref.name}`);
      return Promise.resolve();
    }) as Write,
  } as unknown as ApiClient;

  readonly recorder = { record: (event: NewCoreEvent, _reporter: EventReporter) => void this.events.push(event) };

  store<T extends KubeObject>(plural: string, object: T): T {
    const metadata = {
      uid: `uid-${object.metadata.name}`,
      ...object.metadata,
      resourceVersion: String(++this.revision),
    };
    const stored = { ...object, metadata };
    this.objects.set(`${plural}/${metadata.name}`, stored);
    return stored;
  }
}
