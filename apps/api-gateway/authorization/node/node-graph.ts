import type { KubeObject, Pod } from '@shiplog/domain';
import type { ObjectChange, ObjectFeed } from '../object-feed.js';
import { keyOf } from '../../watch-cache/cached-object.js';
import { Shared, sharedText } from '../../watch-cache/shared.js';
import { podReferences } from './pod-references.js';

/** What is bound to a node. There are as many as pods: those that say the same are one. */
interface Bound {
  readonly node: string;
  /** How much the pod has of what can be added later. */
  readonly late: string;
  /** Places that it refers to, itself not counted. */
  readonly places: readonly string[];
}
interface NodeBound extends KubeObject {
  spec: { nodeName?: string; claimRef?: { namespace?: string; name?: string } };
}

const mirrorAnnotation = 'kubernetes.io/config.mirror';
/** Fields by which a pod can come to refer to more after it has been bound. */
const lateReferences = ['"ephemeralContainers"', '"resourceClaimStatuses"'];
/** Joined, because a template would keep its parts beside the whole for as long as it is kept. */
const placeOf = (...place: [resource: string, namespace: string, name: string]): string => place.join('/');

const lateOf = ({ spec, status }: Pod): string =>
  [spec.ephemeralContainers?.length ?? 0, status?.resourceClaimStatuses?.length ?? 0].join('/');

/** Which nodes have to do with which objects, because a pod bound there refers to them. Kept up to date from the watch cache. */
export class NodeGraph {
  /** By namespace and name: the text that the watch cache has of it too. */
  private readonly pods = new Map<string, Bound>();
  /** Other than pods, by their place. */
  private readonly others = new Map<string, Bound>();
  private readonly shared = new Shared<Bound>();
  /** Place → node → how many of its pods refer to it. */
  private readonly users = new Map<string, Map<string, number>>();
  /** PersistentVolume → the place of the claim that it is bound to. */
  private readonly claimOfVolume = new Map<string, string>();

  follow(feed: ObjectFeed): this {
    feed.follow({ group: '', plural: 'pods' }, (change) => this.applyPod(change));
    feed.follow({ group: '', plural: 'persistentvolumes' }, (change) => this.applyVolume(change));
    for (const [group, plural] of nodeBoundKinds)
      feed.follow({ group, plural }, (change) => this.applyNodeBound(`${plural}.${group}`, change));
    return this;
  }

  /** Whether the object concerns the node. `resource` as in `secrets` or `volumeattachments.storage.k8s.io`. */
  relates(node: string, resource: string, namespace: string, name: string): boolean {
    const claim = resource === 'persistentvolumes' ? this.claimOfVolume.get(name) : undefined;
    const place = claim ?? placeOf(resource, namespace, name);
    const bound = resource === 'pods' ? this.pods.get(keyOf({ namespace, name })) : this.others.get(place);
    return bound?.node === node || (this.users.get(place)?.has(node) ?? false);
  }

  applyPod(change: ObjectChange): void {
    if (this.changesNothing(change)) return;
    const { type, object, cached } = change;
    const pod = object as Pod;
    const { namespace = '', name = '', annotations } = pod.metadata;
    const key = cached?.key ?? keyOf({ namespace, name });
    const node = type === 'deleted' ? '' : (pod.spec.nodeName ?? '');
    const late = lateOf(pod);
    const known = this.pods.get(key);
    if (type === 'updated' && known?.node === node && known.late === late) return;
    // A node must not gain permissions by creating a mirror pod that refers to what it likes.
    const references = annotations?.[mirrorAnnotation] === undefined ? podReferences(pod) : [];
    const places = references.map((to) => placeOf(to.resource, namespace, to.name));
    this.replace(this.pods, key, { node, late, places });
  }

  /** Most changes of pods are of their status, which refers to nothing: not worth parsing. */
  private changesNothing({ type, cached }: Pick<ObjectChange, 'type' | 'cached'>): boolean {
    if (type === 'deleted' || cached === undefined) return false;
    const known = this.pods.get(cached.key);
    const node = cached.nodeName ?? '';
    if (known === undefined) return node === '';
    return known.node === node && !lateReferences.some((field) => cached.bytes.includes(field));
  }

  private applyVolume({ type, object }: ObjectChange): void {
    const { name = '' } = object.metadata;
    const claim = (object as NodeBound).spec.claimRef;
    if (type === 'deleted' || claim === undefined) this.claimOfVolume.delete(name);
    else this.claimOfVolume.set(name, placeOf('persistentvolumeclaims', claim.namespace ?? '', claim.name ?? ''));
  }

  private applyNodeBound(resource: string, { type, object }: ObjectChange): void {
    const place = placeOf(resource, object.metadata.namespace ?? '', object.metadata.name ?? '');
    const node = type === 'deleted' ? '' : ((object as NodeBound).spec.nodeName ?? '');
    this.replace(this.others, place, { node, late: '', places: [] });
  }

  private replace(all: Map<string, Bound>, key: string, { node, late, places }: Bound): void {
    const known = all.get(key);
    for (const place of known?.places ?? []) this.count(place, known?.node ?? '', -1);
    if (node === '') return void all.delete(key);
    all.set(
      key,
      this.shared.get([node, late, ...places].join('\n'), () => ({ node, late, places: places.map(sharedText) })),
    );
    for (const place of places) this.count(place, node, 1);
  }

  private count(place: string, node: string, by: 1 | -1): void {
    const nodes = this.users.get(place) ?? new Map<string, number>();
    const left = (nodes.get(node) ?? 0) + by;
    if (left > 0) nodes.set(node, left);
    else nodes.delete(node);
    if (nodes.size === 0) this.users.delete(place);
    else this.users.set(place, nodes);
  }
}

/** Objects other than pods that state their node in `spec.nodeName`. */
const nodeBoundKinds = [
  ['storage.k8s.io', 'volumeattachments'],
  ['resource.k8s.io', 'resourceslices'],
] as const;
