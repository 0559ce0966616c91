import { mkdir } from 'node:fs/promises';
import { writeAtomically } from '../atomic-writer.js';
import { configMapFiles, usualMode } from '../sources.js';
import type { VolumePlugin } from '../volume-plugin.js';

/** A ConfigMap's keys as files, kept up to date. */
export const configMapVolume: VolumePlugin = {
  name: 'configmap',
  handles: ({ configMap }) => configMap !== undefined,
  setUp: async (context) => {
    const { configMap = {} } = context.volume;
    const files = await configMapFiles(configMap, configMap.defaultMode ?? usualMode, context);
    await mkdir(context.folder, { recursive: true });
    await writeAtomically(context.folder, files, context.fsGroup);
  },
};
