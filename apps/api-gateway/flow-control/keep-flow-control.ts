import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '../gateway.js';
import { nextCapacity, type Capacity, type CapacityBounds, type LoopLoad } from './capacity.js';
import type { FlowControl } from './flow-control.js';
import { keepBootstrapRules } from './keep-bootstrap-rules.js';

const sweepMs = 250;
const adjustMs = 1_000;
const keepRulesMs = 60_000;

/** Lets those go who wait too long, gives out seats as demand and the event loop allow, and keeps the cluster's rules whole, until it is told to stop. */
export async function keepFlowControl(gateway: Gateway, bounds: CapacityBounds, signal: AbortSignal): Promise<void> {
  const { flowControl, memory, logger } = gateway;
  const loop = loopMeter(flowControl);
  let capacity: Capacity = { seats: bounds.maxSeats };
  let rulesDue = 0;
  for (let round = 0; !signal.aborted; round++) {
    await sleep(sweepMs, undefined, { ref: false, signal }).catch(() => undefined);
    const now = performance.now();
    flowControl.sweep(now);
    if (round % (adjustMs / sweepMs) === 0) {
      const cut = memory.sweep(now);
      if (cut.answers + cut.watches > 0) logger.info(cut, 'clients that do not take their answers were cut off');
      const before = capacity.seats;
      capacity = nextCapacity(capacity, loop(), bounds);
      flowControl.adjust(capacity.seats, now);
      if (capacity.seats !== before) logger.debug({ ...capacity }, 'seats follow what the event loop can do');
    }
    if (now < rulesDue) continue;
    rulesDue = now + keepRulesMs;
    keepBootstrapRules(gateway, signal).catch((error: unknown) =>
      logger.warn(
        { error: error instanceof Error ? error.message : String(error) },
        'the rules of flow control could not be kept; trying again',
      ),
    );
  }
}

/** What the event loop did since it was last asked. */
function loopMeter(flowControl: FlowControl): () => LoopLoad {
  const read = () => ({
    at: performance.now(),
    utilization: performance.eventLoopUtilization(),
    turns: performance.nodeTiming.uvMetricsInfo.loopCount,
    seats: flowControl.served,
  });
  let before = read();
  return () => {
    const now = read();
    const { active } = performance.eventLoopUtilization(now.utilization, before.utilization);
    const load: LoopLoad = {
      elapsedMs: now.at - before.at,
      busyMs: active,
      turns: now.turns - before.turns,
      seats: now.seats - before.seats,
      waiting: flowControl.waiting,
    };
    before = now;
    return load;
  };
}
