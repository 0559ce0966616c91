// Remembers that this user's cluster is the one of docker-compose.yml, so that npm stop, npm run reset and shiplog find it. Needs no dependency.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The folder of the default cluster, as the command line has it. */
const home = resolve(
  process.env.SHIPLOG_HOME ||
    join(process.env.XDG_DATA_HOME || join(process.env.HOME || homedir(), '.local/share'), 'shiplog'),
);
const compose = join(home, 'compose.json');
const settings = join(home, 'cluster.json');

/** What the folder of the default cluster holds: 'compose', the runtime of a cluster without Docker ('cri', 'hollow'), or nothing. */
export function rememberedCluster() {
  if (existsSync(compose)) return 'compose';
  return existsSync(settings) ? JSON.parse(readFileSync(settings, 'utf8')).runtime : undefined;
}

/** Done before the first container starts; the command line then keeps there what it must remember, and takes it away in the end. */
export async function rememberCompose() {
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (!existsSync(compose)) await writeFile(compose, '{}\n');
}
