// The image below that of docker-compose.yml: Debian's, or one made here from Debian's packages. Needs no dependency, and of rights only Docker's.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeeds } from './docker.mjs';
import { find, runLogged } from './prerequisites.mjs';
import { Failure, step } from './progress.mjs';

const debian = 'debian:bookworm-slim';
const made = 'shiplog-base:local';
/** What nodes need of the system; the same packages as in the Dockerfile. */
const packages =
  'containerd,runc,containernetworking-plugins,nftables,iptables,iproute2,util-linux,mount,busybox-static,ca-certificates';

const isHere = (image) => succeeds('docker', 'image', 'inspect', image);

/** Name of the base image: $SHIPLOG_BASE_IMAGE, or one that is here, or the registry's, or, where no registry is in reach, one made here. */
export async function ensureBaseImage() {
  if (process.env.SHIPLOG_BASE_IMAGE) return process.env.SHIPLOG_BASE_IMAGE;
  const here = [made, debian].find(isHere);
  if (here) return here;
  let refusal = '';
  const pull = () =>
    runLogged('base-image-pull', 'docker', ['pull', '--quiet', debian]).then(
      () => true,
      (error) => {
        refusal = error.message;
        return false;
      },
    );
  if (await step(`${debian} pulled`, pull, `pulling ${debian}`)) return debian;
  const debootstrap = find('debootstrap');
  if (!debootstrap)
    throw new Failure(
      [
        `${debian} cannot be pulled:\n${refusal}`,
        'Without a registry a base image can be made here from Debian packages: apt-get install debootstrap, then run the same command again.',
        'Or name an image of Debian 12 or newer that is here: SHIPLOG_BASE_IMAGE=<image>',
      ].join('\n'),
    );
  await step(
    'base image made here',
    () => make(debootstrap),
    `no registry is in reach; making a base image from Debian's packages`,
  );
  return made;
}

/**
 * Unpacks the packages as the user that we are, in a user namespace, and leaves to a container what takes root: to install them. So it needs
 * no more than Docker does.
 */
async function make(debootstrap) {
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-base-'));
  const container = `shiplog-base-${process.pid}`;
  const first = `shiplog-base:first-${process.pid}`;
  // "lxc" is how debootstrap is told that it can make no devices; owners are put right by the second stage.
  const env = {
    ...process.env,
    container: 'lxc',
    TAR_OPTIONS: '--no-same-owner',
    PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
  };
  const unpack = [
    '--map-root-user',
    debootstrap,
    '--foreign',
    '--variant=minbase',
    `--include=${packages}`,
    'bookworm',
    folder,
  ];
  const second =
    '/debootstrap/debootstrap --second-stage && rm -rf /var/cache/apt/archives/*.deb /var/lib/apt/lists/* && chmod 1777 /tmp /var/tmp';
  try {
    await runLogged('base-image', 'unshare', unpack, {
      env,
      remedy: "Is Debian's mirror in reach, and may users have namespaces of their own?",
    });
    await runLogged('base-image-import', 'sh', [
      '-c',
      `tar -C "$0" --owner=0 --group=0 --numeric-owner -c . | docker import - ${first}`,
      folder,
    ]);
    await runLogged('base-image-install', 'docker', ['run', '--name', container, first, 'sh', '-c', second]);
    await runLogged('base-image-import', 'sh', ['-c', `docker export "$0" | docker import - ${made}`, container]);
  } finally {
    spawnSync('docker', ['rm', '--force', container], { stdio: 'ignore' });
    spawnSync('docker', ['rmi', first], { stdio: 'ignore' });
    await rm(folder, { recursive: true, force: true });
  }
}
