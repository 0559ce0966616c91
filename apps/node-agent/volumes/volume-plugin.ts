import type { Volume } from '@shiplog/domain';
import type { DownwardFacts } from '../pods/setup/downward-api.js';
import type { ReferencedObjects } from '../pods/setup/referenced-objects.js';
import type { TokenSource } from './service-account-tokens.js';

/** What a volume is made from. */
export interface VolumeContext extends DownwardFacts {
  readonly volume: Volume;
  /** The folder that is the volume's own. */
  readonly folder: string;
  readonly fsGroup?: number;
  readonly objects: ReferencedObjects;
  readonly tokens: TokenSource;
}

/** One kind of volume. */
export interface VolumePlugin {
  readonly name: string;
  handles(volume: Volume): boolean;
  /** Makes the volume be there and up to date; run again while the pod lives. @throws SetupError */
  setUp(context: VolumeContext): Promise<void>;
  /** The path on this machine, where it is not the volume's own folder. */
  path?(volume: Volume): string;
}
