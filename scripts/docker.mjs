// Docker and Compose as this machine has them. Needs no dependency.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, note } from './progress.mjs';
import { root } from './toolchain.mjs';

export const succeeds = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** What a command prints. @throws Failure with what it says on its standard error. */
export function output(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0)
    throw new Failure(
      `${command} ${args.join(' ')} failed: ${(stderr || error?.message || `status ${status}`).trim()}`,
    );
  return stdout;
}

const hasPlugin = () => succeeds('docker', 'compose', 'version');
const hasOldProgram = () => succeeds('docker-compose', 'version');

/** Why this user cannot have a cluster in Docker, and what to do about it; undefined if they can. */
export function whatKeepsFromDocker() {
  const { status, stderr, error } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    encoding: 'utf8',
  });
  if (error) return 'docker is not installed (on Debian and Ubuntu: apt-get install docker.io docker-compose)';
  if (status !== 0) {
    if (/permission denied/i.test(stderr))
      return 'this user may not use Docker (sudo usermod -aG docker $USER, then log in again)';
    return `Docker does not answer (sudo systemctl start docker): ${stderr.trim().split('\n').at(-1)}`;
  }
  if (!hasPlugin() && !hasOldProgram())
    return 'Docker answers, but Compose is missing (on Debian and Ubuntu: apt-get install docker-compose)';
  return undefined;
}

/** Compose for a project of docker-compose.yml: the plugin, or the older program, which does not know every key. */
export async function composeCommand(project) {
  const hindrance = whatKeepsFromDocker();
  if (hindrance) throw new Failure(`The cluster of docker-compose.yml needs Docker with Compose: ${hindrance}.`);
  const file = join(root, 'docker-compose.yml');
  const names = ['--project-name', project, '--project-directory', root];
  if (hasPlugin()) return ['docker', 'compose', ...names, '--file', file];
  // Where version 2 of cgroups gives containers a namespace of their own, the older program cannot ask for the machine's.
  if (existsSync('/sys/fs/cgroup/cgroup.controllers'))
    note(
      'docker-compose 1 knows no "cgroup: host": set "default-cgroupns-mode": "host" in /etc/docker/daemon.json, or use Compose 2',
    );
  const older = join(root, '.cache/docker-compose.1.yml');
  await mkdir(join(root, '.cache'), { recursive: true });
  await writeFile(older, (await readFile(file, 'utf8')).replaceAll(/^(name: .*| +cgroup: host)\n/gm, ''));
  return ['docker-compose', ...names, '--file', older];
}
