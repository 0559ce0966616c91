import type { PriorityLevelConfiguration } from '@shiplog/domain';
import { FairQueues, type QueueSettings } from './fair-queues.js';
import type { SeatLimits } from './seat-limits.js';

/** What a PriorityLevelConfiguration asks for. Pure; takes objects as they are stored, defaults included. */
export interface PriorityLevelSettings {
  readonly name: string;
  readonly uid: string;
  readonly exempt: boolean;
  readonly shares: number;
  /** Percent of its seats that others may use while it does not. */
  readonly lendable: number;
  /** Percent of its seats that it may have on top; undefined: no limit. */
  readonly borrowing?: number;
  /** Absent: what finds no seat is refused. */
  readonly queuing?: QueueSettings;
}

export function priorityLevelSettings({ metadata, spec }: PriorityLevelConfiguration): PriorityLevelSettings {
  const exempt = spec.type === 'Exempt';
  const { nominalConcurrencyShares, lendablePercent } = (exempt ? spec.exempt : spec.limited) ?? {};
  const { borrowingLimitPercent, limitResponse } = spec.limited ?? {};
  const queuing = limitResponse?.type === 'Queue' ? limitResponse.queuing : undefined;
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    exempt,
    shares: nominalConcurrencyShares ?? 0,
    lendable: lendablePercent ?? 0,
    ...(borrowingLimitPercent === undefined ? {} : { borrowing: borrowingLimitPercent }),
    ...(queuing
      ? {
          queuing: {
            queues: queuing.queues ?? 1,
            handSize: queuing.handSize ?? 1,
            lengthLimit: queuing.queueLengthLimit ?? 0,
          },
        }
      : {}),
  };
}

/** A priority level at work. Lives on when its settings change, and until its last request is over when it is gone. */
export class PriorityLevel {
  readonly queues = new FairQueues();
  limits: SeatLimits = { nominal: 0, lower: 0, upper: 0 };
  /** The most seats wanted at once since limits were last adjusted, and a slowly falling memory of it. */
  peak = 0;
  demand = 0;
  retired = false;

  constructor(public settings: PriorityLevelSettings) {
    this.queues.configure(settings.queuing);
  }

  /** How many seats one request may be charged at most. Source: upstream. */
  get maxSeats(): number {
    const { nominal } = this.limits;
    const handSize = this.settings.queuing?.handSize;
    if (handSize === undefined) return Infinity;
    return Math.max(1, Math.min(Math.ceil(nominal * 0.15), Math.floor(nominal / handSize)));
  }

  reconfigure(settings: PriorityLevelSettings): void {
    this.settings = settings;
    this.retired = false;
    this.queues.configure(settings.queuing);
  }
}
