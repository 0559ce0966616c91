import type { StreamName } from '@shiplog/domain';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ProjectedLog, Projector } from './projecting/projector.js';

/** What the projector tells Prometheus. Lag is asked of the log when it is scraped. */
export class ProjectorMetrics {
  private readonly events: Counter<'stream'>;
  private readonly faults: Counter<'stream'>;
  private readonly droppedEvents: Counter<'stream'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    const labelNames = ['stream'] as const;
    this.events = new Counter({
      name: 'shiplog_projector_events_total',
      help: 'Events taken in.',
      labelNames,
      registers,
    });
    this.faults = new Counter({
      name: 'shiplog_projector_faults_total',
      help: 'Faults after which it began again.',
      labelNames,
      registers,
    });
    this.droppedEvents = new Counter({
      name: 'shiplog_compaction_dropped_events_total',
      help: 'Archived and superseded events dropped from the log.',
      labelNames,
      registers,
    });
  }

  readonly applied = (stream: StreamName, count: number): void => this.events.inc({ stream }, count);
  readonly failed = (stream: StreamName): void => this.faults.inc({ stream });
  readonly dropped = (stream: StreamName, count: number): void => this.droppedEvents.inc({ stream }, count);

  watchLag(log: ProjectedLog, projector: Projector): void {
    new Gauge({
      name: 'shiplog_projector_lag_revisions',
      help: 'How many revisions the projections are behind the log.',
      labelNames: ['stream'],
      registers: [this.registry],
      async collect() {
        for (const stream of projector.streams)
          try {
            this.set(
              { stream },
              Math.max(0, Number((await log.lastRevision(stream)) - projector.progressOf(stream).applied)),
            );
          } catch {
            // The log is away: there is no lag to be told, and the faults say so.
            this.remove({ stream });
          }
      },
    });
  }
}
