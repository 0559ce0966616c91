import { keyOf, type ChangeListener, type Informer } from '@shiplog/client';
import type { KubeObject } from '@shiplog/domain';

/** What a node follows of a kind. An Informer of only these objects is one, and so is a node's part of an informer of all. */
export interface Feed<T extends KubeObject> {
  /** Tells of every change from now on, what is already there first. Listeners must be quick and not throw. */
  onChange(listener: ChangeListener<T>): () => void;
  whenSynced(signal: AbortSignal): Promise<void>;
}

/**
 * One informer for many nodes: a change is told to the node that it concerns, at the cost of one look-up, however many there are.
 * `nodeOf` names that node; it must not change while an object lives.
 */
export class SharedFeed<T extends KubeObject> {
  private readonly listeners = new Map<string, ChangeListener<T>>();

  constructor(
    private readonly informer: Informer<T>,
    private readonly nodeOf: (object: T) => string,
  ) {
    informer.onChange((change) => this.listeners.get(nodeOf(change.current.object))?.(change));
  }

  /** The part of one node. One listener at a time. */
  of(node: string): Feed<T> {
    return {
      whenSynced: (signal) => this.informer.whenSynced(signal),
      onChange: (listener) => {
        for (const { metadata } of this.informer.lister.by(this.index, node)) {
          const current = this.informer.lister.recorded(metadata.namespace, metadata.name ?? '');
          if (current) listener({ type: 'added', key: keyOf(current.object), current });
        }
        this.listeners.set(node, listener);
        return () => this.listeners.delete(node);
      },
    };
  }

  private readonly index = (object: T): string[] => [this.nodeOf(object)];
}
