import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.js';
import { natsUsers } from '../cluster/cluster-settings.js';
import { replaceFile } from '../cluster/write-file.js';

export const natsConfigurationFile = ({ paths }: Cluster): string => join(paths.nats, 'nats-server.conf');

/** Writes the server's configuration: durable before it acknowledges, loopback only, one user for each component. */
export async function prepareNats(cluster: Cluster): Promise<void> {
  // Loaded here: the other commands need none of the log's code.
  const { renderNatsConfiguration } = await import('@shiplog/event-store');
  const { paths, settings } = cluster;
  const storeFolder = join(paths.nats, 'jetstream');
  await mkdir(storeFolder, { recursive: true });
  const text = renderNatsConfiguration({
    ...{ serverName: settings.name, port: settings.natsPort, storeFolder },
    ...(settings.hosts ? { host: '0.0.0.0' } : {}),
    users: natsUsers.map((name) => ({ name, password: settings.natsPasswords[name] })),
  });
  await replaceFile(natsConfigurationFile(cluster), text);
}
