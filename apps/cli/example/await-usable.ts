import { ensureDnsService } from '../cluster/kube-dns.js';
import { step } from '../commands/terminal.js';
import { apiReady, applyFile, exampleAnswers, exampleAvailable, exampleDeployment, nodesReady } from './example-app.js';

/** A started cluster, as whoever waits for it must know it. */
export interface StartedCluster {
  /** File with a context of an administrator. */
  readonly kubeconfig: string;
  readonly nodes: number;
  /** File with the objects of the example app; without one there is no example. */
  readonly example?: string;
  /** It was put there once; if it is gone, the user has deleted it. */
  readonly exampleApplied: boolean;
  readonly rememberExample: () => Promise<void>;
  /** Where a node's ports can be reached from here; without one nobody asks the example app. */
  readonly address?: string;
}

/** Waits until nodes and, if there is one, the example app serve, telling each. Resolves with the app's address. */
export async function awaitUsable(cluster: StartedCluster, signal: AbortSignal): Promise<string | undefined> {
  const { kubeconfig, nodes, example, exampleApplied, rememberExample, address } = cluster;
  const { loadKubeconfig, RestClient } = await import('@shiplog/client');
  const client = new RestClient(await loadKubeconfig({ file: kubeconfig }));
  try {
    await step('API ready', () => apiReady(client, signal));
    await ensureDnsService(client, signal);
    await step(`${nodes} nodes Ready`, () => nodesReady(client, nodes, signal));
    if (example === undefined) return undefined;
    if (!exampleApplied) {
      await applyFile(client, example, signal);
      await rememberExample();
    }
    if (!(await exampleDeployment(client, signal))) return undefined;
    await step('example app available', () => exampleAvailable(client, signal));
    if (address === undefined) return undefined;
    return await step('example app answers', () => exampleAnswers(client, address, signal));
  } finally {
    client.close();
  }
}
