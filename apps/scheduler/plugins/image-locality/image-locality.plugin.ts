import type { ImageCopies } from '../../cluster-snapshot/image-index.js';
import { irrelevant, maxScore, type SchedulerPlugin } from '../../framework/plugin.js';

const mebibyte = 1024 * 1024;
/** Below this an image is pulled so fast that it does not matter; more than the upper bound a container counts no more. */
const minBytes = 23 * mebibyte;
const maxBytesPerContainer = 1000 * mebibyte;

interface WantedImages {
  readonly images: readonly ImageCopies[];
  readonly containers: number;
  readonly nodes: number;
}

/** Prefers nodes that already have the pod's images; images that few nodes have count less, so that pods do not heap up there. */
export const imageLocality: SchedulerPlugin<never, WantedImages> = {
  name: 'ImageLocality',
  preScore: ({ images }, cluster) => {
    const present = images.map((name) => cluster.images.get(name)).filter((copies) => copies !== undefined);
    return present.length === 0 ? irrelevant : { images: present, containers: images.length, nodes: cluster.nodeCount };
  },
  score: ({ images, containers, nodes }, slot) => {
    let bytes = 0;
    for (const { slots, sizeBytes } of images)
      if (slots.has(slot)) bytes += Math.trunc(sizeBytes * (slots.size / nodes));
    const most = maxBytesPerContainer * containers;
    const counted = Math.min(Math.max(bytes, minBytes), most);
    return Math.floor((maxScore * (counted - minBytes)) / (most - minBytes));
  },
  retryOn: [],
};
