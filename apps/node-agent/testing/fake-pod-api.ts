import type { ApiClient, DeleteOptions } from '@shiplog/client';
import { notFound } from '@shiplog/domain';
import type { StoredPod } from '../pods/pod.js';

/** Pods in memory, behind the API's calls that a pod worker makes. */
export class FakePodApi {
  readonly pods = new Map<string, StoredPod>();
  readonly statuses: StoredPod['status'][] = [];
  readonly deletes: (DeleteOptions | undefined)[] = [];
  onChange: (pod: StoredPod) => void = () => undefined;

  readonly client = {
    patch: (ref: { name: string }, _type: string, patch: { status: StoredPod['status'] }) => {
      const pod = this.pods.get(ref.name);
      if (!pod) return Promise.reject(notFound({ group: '', plural: 'pods' }, ref.name));
      const merged = JSON.stringify({ ...pod, status: { ...pod.status, ...patch.status } });
      const next = JSON.parse(merged, (_key, value: unknown) => (value === null ? undefined : value)) as StoredPod;
      this.pods.set(ref.name, next);
      this.statuses.push(next.status);
      this.onChange(next);
      return Promise.resolve(next);
    },
    delete: (ref: { name: string }, options?: DeleteOptions) => {
      this.deletes.push(options);
      this.pods.delete(ref.name);
      return Promise.resolve();
    },
  } as unknown as ApiClient;
}
