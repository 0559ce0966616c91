import type { KubeObject, Pod } from '@shiplog/domain';
import type { ObjectChange, ObjectFeed } from '../object-feed.js';
import { podReferences } from './pod-references.js';

/** A place that pods refer to. */
interface Used {
  readonly place: string;
  /** Node → how many of its pods refer to it. */
  readonly nodes: Map<string, number>;
}
/** A pod, or something else that is bound to a node. */
interface Bound {
  readonly node: string;
  readonly state: string;
  /** What it refers to, itself not counted. There are as many of these as pods: what most have in common is shared. */
  readonly uses: readonly Used[];
}
interface NodeBound extends KubeObject {
  spec: { nodeName?: string; claimRef?: { namespace?: string; name?: string } };
}

const mirrorAnnotation = 'kubernetes.io/config.mirror';
/** Fields by which a pod can come to refer to more after it has been bound. */
const lateReferences = ['"ephemeralContainers"', '"resourceClaimStatuses"'];
/** Joined, because a template would keep its parts beside the whole for as long as it is kept. */
const placeOf = (...place: [resource: string, namespace: string, name: string]): string => place.join('/');

/** Which nodes have to do with which objects, because a pod bound there refers to them. Kept up to date from the watch cache. */
export class NodeGraph {
  private readonly bound = new Map<string, Bound>();
  private readonly users = new Map<string, Used>();
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
    return this.bound.get(place)?.node === node || (this.users.get(place)?.nodes.has(node) ?? false);
  }

  applyPod(change: ObjectChange): void {
    if (this.changesNothing(change)) return;
    const { type, object } = change;
    const pod = object as Pod;
    const { namespace = '', name = '', uid, annotations } = pod.metadata;
    const place = placeOf('pods', namespace, name);
    const node = type === 'deleted' ? '' : (pod.spec.nodeName ?? '');
    const changing = [pod.spec.ephemeralContainers?.length ?? 0, pod.status?.resourceClaimStatuses?.length ?? 0];
    const state = [uid, node, ...changing].join('/');
    if (this.bound.get(place)?.state === state) return;
    // A node must not gain permissions by creating a mirror pod that refers to what it likes.
    const references = annotations?.[mirrorAnnotation] === undefined ? podReferences(pod) : [];
    this.replace(
      place,
      node,
      state,
      references.map((to) => placeOf(to.resource, namespace, to.name)),
    );
  }

  /** Most changes of pods are of their status, which refers to nothing: not worth parsing. */
  private changesNothing({ type, cached }: Pick<ObjectChange, 'type' | 'cached'>): boolean {
    if (type === 'deleted' || cached === undefined) return false;
    const known = this.bound.get(placeOf('pods', cached.namespace, cached.name));
    const node = cached.fields['spec.nodeName'] ?? '';
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
    this.replace(place, node, node, []);
  }

  private replace(place: string, node: string, state: string, places: readonly string[]): void {
    const known = this.bound.get(place);
    for (const used of known?.uses ?? []) this.count(used, known?.node ?? '', -1);
    this.bound.delete(place);
    if (node === '') return;
    const uses = places.length === 0 ? nothing : places.map((each) => this.used(each));
    this.bound.set(place, { node, state, uses });
    for (const used of uses) this.count(used, node, 1);
  }

  private used(place: string): Used {
    const used = this.users.get(place) ?? { place, nodes: new Map<string, number>() };
    this.users.set(place, used);
    return used;
  }

  private count({ place, nodes }: Used, node: string, by: 1 | -1): void {
    const left = (nodes.get(node) ?? 0) + by;
    if (left > 0) nodes.set(node, left);
    else nodes.delete(node);
    if (nodes.size === 0) this.users.delete(place);
  }
}

const nothing: readonly Used[] = [];

/** Objects other than pods that state their node in `spec.nodeName`. */
const nodeBoundKinds = [
  ['storage.k8s.io', 'volumeattachments'],
  ['resource.k8s.io', 'resourceslices'],
] as const;
