import { mkdir } from 'node:fs/promises';
import { writeAtomically } from '../atomic-writer.js';
import { downwardFiles, usualMode } from '../sources.js';
import type { VolumePlugin } from '../volume-plugin.js';

/** Fields of the pod as files, kept up to date. */
export const downwardApiVolume: VolumePlugin = {
  name: 'downward-api',
  handles: ({ downwardAPI }) => downwardAPI !== undefined,
  setUp: async (context) => {
    const { items = [], defaultMode } = context.volume.downwardAPI ?? {};
    await mkdir(context.folder, { recursive: true });
    await writeAtomically(context.folder, downwardFiles(items, defaultMode ?? usualMode, context), context.fsGroup);
  },
};
