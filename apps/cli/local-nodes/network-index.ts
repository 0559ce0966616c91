import { runCommand } from './run-command.js';

const last = 27;

/**
 * The index of the pair 10.<200 + 2i>, 10.<201 + 2i> that a cluster is to use: the one it had, unless the machine has taken to using
 * that otherwise (another cluster, while this one was stopped), else the first that no address or route touches.
 */
export async function freeNetworkIndex(clusterName: string, remembered: number | undefined): Promise<number> {
  const routes = await runCommand('ip', ['-4', 'route', 'show', 'table', 'all']).catch(() => '');
  const chosen = chooseNetworkIndex(routes, `${clusterName}-br`, remembered);
  if (chosen === undefined)
    throw new Error('no address range between 10.200.0.0 and 10.255.255.255 is free for the nodes');
  return chosen;
}

/** Pure part of it: `routes` as `ip route` prints them; those over the cluster's own bridge are its own. */
export function chooseNetworkIndex(routes: string, bridge: string, remembered: number | undefined): number | undefined {
  const foreign = routes.split('\n').filter((line) => !line.split(' ').includes(bridge));
  const taken = new Set(
    foreign.flatMap((line) => [...line.matchAll(/\b10\.(\d+)\.\d+\.\d+/g)].map(([, second]) => Number(second))),
  );
  const isFree = (index: number): boolean => !taken.has(200 + 2 * index) && !taken.has(201 + 2 * index);
  if (remembered !== undefined && isFree(remembered)) return remembered;
  return Array.from({ length: last + 1 }, (_, index) => index).find(isFree);
}
