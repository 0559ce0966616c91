import type { LabelledPod, PodSelector } from '../framework/pod-selector.js';

/** Finds which of many selectors may select a pod without trying them all: by namespace and one label that they demand. */
export class SelectorIndex<T> {
  private readonly buckets = new Map<string, Set<T>>();

  add(selector: PodSelector, item: T): void {
    for (const bucket of bucketsOf(selector)) {
      const items = this.buckets.get(bucket);
      if (items === undefined) this.buckets.set(bucket, new Set([item]));
      else items.add(item);
    }
  }

  remove(selector: PodSelector, item: T): void {
    for (const bucket of bucketsOf(selector)) {
      const items = this.buckets.get(bucket);
      items?.delete(item);
      if (items?.size === 0) this.buckets.delete(bucket);
    }
  }

  /** Every item that could select the pod, each once; whether it does is to be asked of its selector. */
  visitCandidates({ namespace, labels }: LabelledPod, visit: (item: T) => void): void {
    if (this.buckets.size === 0) return;
    this.visitBucket(everywhere, visit);
    this.visitBucket(namespace, visit);
    for (const key in labels) this.visitBucket(labelled(namespace, key, labels[key] ?? ''), visit);
  }

  private visitBucket(bucket: string, visit: (item: T) => void): void {
    const items = this.buckets.get(bucket);
    if (items !== undefined) for (const item of items) visit(item);
  }
}

const everywhere = '*';
const labelled = (namespace: string, key: string, value: string): string => `${namespace}/${key}=${value}`;

/** One bucket a namespace, so that a pod meets a selector at most once. */
function bucketsOf({ namespaces, namespaceMatcher, matcher }: PodSelector): string[] {
  if (namespaceMatcher !== undefined) return [everywhere];
  const demanded = matcher.requirements.find(
    ({ operator, values }) => (operator === '=' || operator === '==' || operator === 'in') && values.length === 1,
  );
  return namespaces.map((namespace) =>
    demanded === undefined ? namespace : labelled(namespace, demanded.key, demanded.values[0] ?? ''),
  );
}
