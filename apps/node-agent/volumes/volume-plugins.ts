import { configMapVolume } from './plugins/config-map.volume.js';
import { downwardApiVolume } from './plugins/downward-api.volume.js';
import { emptyDirVolume } from './plugins/empty-dir.volume.js';
import { hostPathVolume } from './plugins/host-path.volume.js';
import { projectedVolume } from './plugins/projected.volume.js';
import { secretVolume } from './plugins/secret.volume.js';
import type { VolumePlugin } from './volume-plugin.js';

/** The kinds of volumes that a node can give a pod. */
export const volumePlugins: readonly VolumePlugin[] = [
  emptyDirVolume,
  hostPathVolume,
  configMapVolume,
  secretVolume,
  downwardApiVolume,
  projectedVolume,
];
