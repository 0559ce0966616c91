import { mkdir } from 'node:fs/promises';
import { writeAtomically } from '../atomic-writer.js';
import { mountMemory } from '../mounts.js';
import { secretFiles, usualMode } from '../sources.js';
import type { VolumePlugin } from '../volume-plugin.js';

/** A Secret's keys as files, kept up to date, in memory only. */
export const secretVolume: VolumePlugin = {
  name: 'secret',
  handles: ({ secret }) => secret !== undefined,
  setUp: async (context) => {
    const { secretName, items, optional, defaultMode } = context.volume.secret ?? {};
    const files = await secretFiles({ name: secretName ?? '', items, optional }, defaultMode ?? usualMode, context);
    await mkdir(context.folder, { recursive: true });
    await mountMemory(context.folder);
    await writeAtomically(context.folder, files, context.fsGroup);
  },
};
