import type { HostPort, PodRecord } from '../framework/pod-record.js';

const anyAddress = '0.0.0.0';
const nameOf = ({ protocol, port }: HostPort): string => `${protocol}/${port}`;

/** The host ports that placed pods hold, by port and node. */
export class HostPortIndex {
  /** Port → node slot → addresses, one for each holder. */
  private readonly holders = new Map<string, Map<number, string[]>>();

  /** Whether a pod on the node holds the port on an overlapping address. */
  isTaken(port: HostPort, slot: number): boolean {
    const addresses = this.holders.get(nameOf(port))?.get(slot);
    if (addresses === undefined || addresses.length === 0) return false;
    return port.ip === anyAddress || addresses.includes(port.ip) || addresses.includes(anyAddress);
  }

  podPlaced({ hostPorts }: PodRecord, slot: number, change: 1 | -1): void {
    for (const port of hostPorts) {
      const name = nameOf(port);
      const nodes = this.holders.get(name) ?? new Map<number, string[]>();
      const addresses = nodes.get(slot) ?? [];
      if (change === 1) addresses.push(port.ip);
      else addresses.splice(addresses.indexOf(port.ip), 1);
      nodes.set(slot, addresses);
      this.holders.set(name, nodes);
    }
  }
}
