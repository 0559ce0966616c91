import { realpath } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Volume, VolumeMount } from '@shiplog/domain';
import type { StoredPod } from '../pods/pod.js';
import { SetupError } from '../pods/pod-host.js';
import type { Mount } from '../runtime/pod-runtime.js';
import { volumePlugins } from './volume-plugins.js';
import type { VolumeContext, VolumePlugin } from './volume-plugin.js';

/** Sets up all volumes of a pod below `folder`, or brings them up to date. @throws SetupError naming the first that cannot be had. */
export async function setUpVolumes(
  pod: StoredPod,
  folder: string,
  context: Omit<VolumeContext, 'volume' | 'folder' | 'fsGroup'>,
): Promise<void> {
  const fsGroup = pod.spec.securityContext?.fsGroup;
  await Promise.all(
    (pod.spec.volumes ?? []).map(async (volume) => {
      try {
        const plugin = pluginOf(volume);
        await plugin.setUp({ ...context, volume, folder: folderOf(folder, plugin, volume), fsGroup });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new SetupError('FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${why}`);
      }
    }),
  );
}

/** Where a container finds a volume. @throws SetupError if the sub-path leads out of the volume. */
export async function mountOf(
  pod: StoredPod,
  folder: string,
  mount: VolumeMount,
  expandPath: (path: string) => string,
): Promise<Mount> {
  const volume = (pod.spec.volumes ?? []).find(({ name }) => name === mount.name);
  if (!volume)
    throw new SetupError('CreateContainerConfigError', `cannot find volume "${mount.name}" to mount into container`);
  const plugin = pluginOf(volume);
  const root = plugin.path?.(volume) ?? folderOf(folder, plugin, volume);
  const subPath = mount.subPathExpr ? expandPath(mount.subPathExpr) : mount.subPath;
  return {
    containerPath: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
    hostPath: subPath ? await withinVolume(root, subPath, mount.name) : root,
    readOnly: mount.readOnly === true,
    propagation: propagationOf(mount),
  };
}

const propagationOf = ({ mountPropagation }: VolumeMount): Mount['propagation'] =>
  mountPropagation === 'HostToContainer' || mountPropagation === 'Bidirectional' ? mountPropagation : 'None';

function pluginOf(volume: Volume): VolumePlugin {
  const plugin = volumePlugins.find(({ handles }) => handles(volume));
  if (plugin) return plugin;
  const type = Object.keys(volume).find((key) => key !== 'name') ?? 'none';
  throw new SetupError('FailedMount', `no volume plugin matched: this node has none for ${type}`);
}

const folderOf = (folder: string, { name }: VolumePlugin, volume: Volume): string =>
  join(folder, `kubernetes.io~${name}`, volume.name);

/** The sub-path in the volume, made as a folder if nothing is there. Links in the volume are the pod's doing and must not lead out. */
async function withinVolume(root: string, subPath: string, volume: string): Promise<string> {
  const refuse = (why: string): never => {
    throw new SetupError('CreateContainerConfigError', `failed to prepare subPath for volumeMount "${volume}": ${why}`);
  };
  if (subPath.startsWith('/') || subPath.split('/').includes('..'))
    return refuse(`${subPath} is not a path below the volume`);
  const volumeRoot = await realpath(root);
  const path = join(volumeRoot, subPath);
  const isWithin = (real: string): boolean => real === volumeRoot || real.startsWith(`${volumeRoot}/`);
  let made = volumeRoot;
  for (const part of subPath.split('/').filter((name) => name !== '' && name !== '.')) {
    made = join(made, part);
    const real = await realpath(made).catch(() => undefined);
    if (real === undefined) await mkdir(made, { mode: 0o755 });
    else if (!isWithin(real)) return refuse(`${subPath} leads out of the volume`);
  }
  return realpath(path);
}
