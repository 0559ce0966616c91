import { setTimeout as sleep } from 'node:timers/promises';
import type { Informer } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import type { EndpointSlice, Service } from '@shiplog/domain';
import { serviceNameLabel } from '../service-objects.js';
import { applyNftables } from './nftables.js';
import { transaction, type Ruleset } from './ruleset.js';
import { servicePorts } from './service-ports.js';
import { serviceRules, type NodeNetwork } from './service-rules.js';

export interface ServiceProxyOptions {
  readonly services: Informer<Service>;
  readonly slices: Informer<EndpointSlice>;
  readonly nodeName: string;
  readonly network: NodeNetwork;
  readonly logger: Logger;
  /** For tests; else the kernel's tables of the network namespace that this process is in. */
  readonly apply?: (script: string, signal: AbortSignal) => Promise<void>;
}

/** Changes that come within this time lead to one transaction. */
const settleMs = 20;
const retryMs = 1_000;
export const serviceTable = 'ip shiplog-services';

/** Keeps the node's nftables rules true to the Services and EndpointSlices until aborted. Touches them only when they differ. */
export async function runServiceProxy(options: ServiceProxyOptions, signal: AbortSignal): Promise<void> {
  const { services, slices, logger, apply = applyNftables } = options;
  await Promise.all([services.whenSynced(signal), slices.whenSynced(signal)]);
  const bell = new Bell();
  const stops = [services.onChange(bell.ring), slices.onChange(bell.ring)];
  let applied: Ruleset | undefined;
  try {
    while (!signal.aborted) {
      await bell.rung(signal);
      await sleep(settleMs, undefined, { signal });
      bell.silence();
      const wanted = rulesOf(options);
      const script = transaction(serviceTable, applied, wanted);
      if (script === '') continue;
      try {
        await apply(script, signal);
        applied = wanted;
        logger.debug({ chains: wanted.chains.size, bytes: script.length }, 'service rules applied');
      } catch (error) {
        if (signal.aborted) return;
        logger.error({ err: error }, 'service rules could not be applied, trying again');
        // Whatever the table holds now, the next attempt makes it anew.
        applied = undefined;
        bell.ring();
        await sleep(retryMs, undefined, { signal });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const stop of stops) stop();
  }
}

function rulesOf({ services, slices, nodeName, network }: ServiceProxyOptions): Ruleset {
  const ports = services.lister
    .all()
    .flatMap((service) => servicePorts(service, slicesOf(slices, service), nodeName))
    .toSorted((a, b) => compareText(keyOf(a), keyOf(b)));
  return serviceRules(ports, network);
}

const keyOf = ({ namespace, service, port }: { namespace: string; service: string; port: string }): string =>
  `${namespace}/${service}/${port}`;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const slicesOf = (slices: Informer<EndpointSlice>, { metadata }: Service): EndpointSlice[] =>
  slices.lister.labelled(metadata.namespace ?? '', { [serviceNameLabel]: metadata.name ?? '' });

/** Remembers that something changed until someone has looked. Rings once at the start. */
class Bell {
  private pending = Promise.withResolvers<undefined>();

  constructor() {
    this.ring();
  }

  ring = (): void => this.pending.resolve(undefined);

  silence(): void {
    this.pending = Promise.withResolvers();
  }

  async rung(signal: AbortSignal): Promise<void> {
    const { promise, reject } = Promise.withResolvers<undefined>();
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await Promise.race([this.pending.promise, promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }
}
