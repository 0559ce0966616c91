import { pickOffset, staticBand } from './address-range.js';

/** The ports of nodes that Services may use, `30000-32767`. */
export class PortRange {
  private readonly first: number;
  private readonly size: number;

  constructor(readonly text: string) {
    const [first = 0, last = 0] = text.split('-').map(Number);
    this.first = first;
    this.size = last - first + 1;
  }

  includes(port: number): boolean {
    return port >= this.first && port < this.first + this.size;
  }

  pick(random: () => number, isFree: (port: number) => boolean): number | undefined {
    const offset = pickOffset(this.size, staticBand(this.size, 32, 16, 128), random, (at) => isFree(this.first + at));
    return offset === undefined ? undefined : this.first + offset;
  }
}
