import { mkdir } from 'node:fs/promises';
import type { VolumeProjection } from '@shiplog/domain';
import { SetupError } from '../../pods/pod-host.js';
import { writeAtomically, type VolumeFiles } from '../atomic-writer.js';
import { mountMemory } from '../mounts.js';
import { configMapFiles, downwardFiles, secretFiles, tokenFile, usualMode } from '../sources.js';
import type { VolumeContext, VolumePlugin } from '../volume-plugin.js';

/** Several sources in one folder, in memory since tokens and Secrets may be among them; tokens are renewed in time. */
export const projectedVolume: VolumePlugin = {
  name: 'projected',
  handles: ({ projected }) => projected !== undefined,
  setUp: async (context) => {
    const { sources = [], defaultMode } = context.volume.projected ?? {};
    const parts = await Promise.all(sources.map((source) => filesOf(source, defaultMode ?? usualMode, context)));
    await mkdir(context.folder, { recursive: true });
    await mountMemory(context.folder);
    await writeAtomically(context.folder, new Map(parts.flatMap((files) => [...files])), context.fsGroup);
  },
};

async function filesOf(source: VolumeProjection, mode: number, context: VolumeContext): Promise<VolumeFiles> {
  if (source.serviceAccountToken) return tokenFile(source.serviceAccountToken, mode, context);
  if (source.configMap) return configMapFiles(source.configMap, mode, context);
  if (source.secret) return secretFiles(source.secret, mode, context);
  if (source.downwardAPI) return downwardFiles(source.downwardAPI.items ?? [], mode, context);
  throw new SetupError('FailedMount', `no such source of a projected volume: ${Object.keys(source).join(', ')}`);
}
