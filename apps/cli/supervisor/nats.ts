import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.js';
import { natsUsers } from '../cluster/cluster-settings.js';
import { replaceFile } from '../cluster/write-file.js';

export const natsConfigurationFile = ({ paths }: Cluster): string => join(paths.nats, 'nats-server.conf');

/** Writes the server's configuration: durable before it acknowledges, loopback only, one user for each component. */
export async function prepareNats(cluster: Cluster): Promise<void> {
  const { paths, settings } = cluster;
  const store = join(paths.nats, 'jetstream');
  await mkdir(store, { recursive: true });
  const users = natsUsers.map((user) => `    { user: "${user}", password: "${settings.natsPasswords[user]}" }`);
  const text = [
    `server_name: "${settings.name}"`,
    `listen: "127.0.0.1:${settings.natsPort}"`,
    'max_payload: 4MB',
    'jetstream {',
    `  store_dir: "${store}"`,
    '  sync_interval: always',
    '}',
    'authorization {',
    '  users: [',
    ...users,
    '  ]',
    '}',
    '',
  ].join('\n');
  await replaceFile(natsConfigurationFile(cluster), text);
}
