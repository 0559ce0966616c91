import type { KubeObject } from '@shiplog/domain';
import type { Recorded } from './object-source.js';
import { objectKey, type IndexValues, type ObjectStore } from './object-store.js';

/** Read-only view of a cache. May be behind the cluster, never runs backwards. Do not change what it returns. */
export interface Lister<T extends KubeObject = KubeObject> {
  get(namespace: string | undefined, name: string): T | undefined;
  /** The object with the event that made it so. */
  recorded(namespace: string | undefined, name: string): Recorded<T> | undefined;
  all(): T[];
  inNamespace(namespace: string): T[];
  /** Objects that name this uid among their owners. */
  ownedBy(uid: string): T[];
  /** Objects whose spec.nodeName is this node. */
  onNode(name: string): T[];
  /** Objects of the namespace that carry all these labels. */
  labelled(namespace: string, labels: Readonly<Record<string, string>>): T[];
  /** Objects that an index of the caller's files under `value`. Pass the same function each time: it identifies the index. */
  by(valuesOf: IndexValues<T>, value: string): T[];
  /** How many there are of them, without listing them. */
  count(valuesOf: IndexValues<T>, value: string): number;
}

const namespaceOf = ({ metadata }: KubeObject): string[] => [metadata.namespace ?? ''];
const ownersOf = ({ metadata }: KubeObject): string[] => metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
const nodeOf = ({ spec }: KubeObject): string[] => {
  const { nodeName } = (spec ?? {}) as { nodeName?: string };
  return nodeName ? [nodeName] : [];
};
const labelsOf = ({ metadata: { namespace = '', labels = {} } }: KubeObject): string[] =>
  Object.entries(labels).map(([key, value]) => `${namespace}/${key}=${value}`);

const objectsOf = <T extends KubeObject>(items: Iterable<Recorded<T>>): T[] =>
  Array.from(items, ({ object }) => object);

export function listerOf<T extends KubeObject>(store: ObjectStore<T>): Lister<T> {
  const by = (valuesOf: IndexValues<T>, value: string): T[] => objectsOf(store.indexed(valuesOf, value));
  return {
    get: (namespace, name) => store.get(objectKey(namespace, name))?.object,
    recorded: (namespace, name) => store.get(objectKey(namespace, name)),
    all: () => objectsOf(store.all()),
    inNamespace: (namespace) => by(namespaceOf, namespace),
    ownedBy: (uid) => by(ownersOf, uid),
    onNode: (name) => by(nodeOf, name),
    labelled(namespace, labels) {
      const wanted = Object.entries(labels);
      const [smallest, ...others] = wanted
        .map(([key, value]) => store.indexed(labelsOf, `${namespace}/${key}=${value}`))
        .sort((a, b) => a.size - b.size);
      if (!smallest) return by(namespaceOf, namespace);
      return objectsOf([...smallest].filter((item) => others.every((set) => set.has(item))));
    },
    by,
    count: (valuesOf, value) => store.indexed(valuesOf, value).size,
  };
}
