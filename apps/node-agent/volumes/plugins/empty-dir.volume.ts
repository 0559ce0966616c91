import { chmod, chown, mkdir } from 'node:fs/promises';
import { quantityOf } from '../../pods/quantity.js';
import { exists } from '../atomic-writer.js';
import { mountMemory } from '../mounts.js';
import type { VolumePlugin } from '../volume-plugin.js';

/** Empty at first, lives as long as its pod: on disk, or in memory. */
export const emptyDirVolume: VolumePlugin = {
  name: 'empty-dir',
  handles: ({ emptyDir }) => emptyDir !== undefined,
  setUp: async ({ volume: { emptyDir }, folder, fsGroup }) => {
    if (await exists(folder)) return;
    await mkdir(folder, { recursive: true });
    const { medium, sizeLimit } = emptyDir ?? {};
    if (medium === 'Memory') await mountMemory(folder, sizeLimit === undefined ? undefined : quantityOf(sizeLimit));
    if (fsGroup !== undefined) await chown(folder, -1, fsGroup);
    // The mode of mkdir is subject to the process's mask. With a group, what is made in it belongs to the group too.
    await chmod(folder, fsGroup === undefined ? 0o777 : 0o2777);
  },
};
