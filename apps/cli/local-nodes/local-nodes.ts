import type { Cluster } from '../cluster/cluster.js';

export async function prepareLocalNodes(_cluster: Cluster): Promise<void> {
  throw new Error('the cri runtime is being built');
}
