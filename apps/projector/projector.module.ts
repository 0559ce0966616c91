import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { createLogger, serveHealth, type Logger } from '@shiplog/component-base';
import { connectDatabase, connectEventStore, database, JetStreamEventStore, migrate } from '@shiplog/event-store';
import { register } from 'prom-client';
import { DataSource } from 'typeorm';
import { Compactor } from './compaction/compactor.js';
import { ProjectorConfiguration } from './configuration.js';
import { ProjectorMetrics } from './metrics.js';
import { Projector } from './projecting/projector.js';
import { projections } from './projections.js';
import { projectorReadiness } from './readiness.js';

const SIGNAL = Symbol('AbortSignal');
const LOGGER = Symbol('Logger');
const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The process's life: serves health, projects and compacts until it is told to stop. */
@Injectable()
export class ProjectorHost implements OnApplicationBootstrap {
  constructor(
    private readonly configuration: ProjectorConfiguration,
    private readonly log: JetStreamEventStore,
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SIGNAL) private readonly signal: AbortSignal,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { log, dataSource, logger, signal } = this;
    const metrics = new ProjectorMetrics(register);
    const projector = new Projector(
      log,
      dataSource,
      projections,
      (stream, error) => {
        metrics.failed(stream);
        logger.warn({ stream, error: text(error) }, 'projecting broke off; going on from the checkpoint');
      },
      metrics.applied,
    );
    metrics.watchLag(log, projector);
    await serveHealth(this.configuration.healthPort, projectorReadiness(log, projector), signal);
    void Promise.all([projector.run(signal), this.compactor(metrics).run(signal)]).then(() => this.leave());
  }

  private compactor(metrics: ProjectorMetrics): Compactor {
    const { compactionWindowMinutes, compactionIntervalSeconds } = this.configuration;
    return new Compactor(
      this.log,
      this.dataSource,
      { windowMs: compactionWindowMinutes * 60_000, intervalMs: compactionIntervalSeconds * 1_000 },
      (stream, { upTo, objects, dropped }) => {
        metrics.dropped(stream, dropped);
        this.logger.info({ stream, upTo: upTo.toString(), objects, dropped }, 'thinned out the log');
      },
      (error) => this.logger.warn({ error: text(error) }, 'could not thin out the log; trying again later'),
    );
  }

  private async leave(): Promise<void> {
    await this.log.close();
    await this.dataSource.destroy();
    process.exit(0);
  }
}

@Module({})
export class ProjectorModule {
  static forRoot(configuration: ProjectorConfiguration, signal: AbortSignal): DynamicModule {
    const logger = createLogger('projector');
    return {
      module: ProjectorModule,
      providers: [
        ProjectorHost,
        { provide: ProjectorConfiguration, useValue: configuration },
        { provide: SIGNAL, useValue: signal },
        { provide: LOGGER, useValue: logger },
        { provide: JetStreamEventStore, useFactory: () => openLog(configuration, logger, signal) },
        { provide: DataSource, useFactory: () => openDatabase(configuration, logger, signal) },
      ],
    };
  }
}

/** Without the key ring: what is sealed is archived as it is. */
const openLog = (
  { natsUrl, natsUser, natsPassword }: ProjectorConfiguration,
  logger: Logger,
  signal: AbortSignal,
): Promise<JetStreamEventStore> =>
  connectEventStore(
    {
      name: 'projector',
      natsUrl,
      pulls: true,
      ...(natsUser ? { natsUser, natsPassword } : {}),
      onFault: (error) => logger.warn({ error: text(error) }, 'the log does not answer; trying again'),
    },
    signal,
  );

async function openDatabase(
  { databaseUrl }: ProjectorConfiguration,
  logger: Logger,
  signal: AbortSignal,
): Promise<DataSource> {
  const opened = database({ url: databaseUrl, name: 'projector' });
  await connectDatabase(
    opened,
    (error) => logger.warn({ error: text(error) }, 'PostgreSQL does not answer; trying again'),
    signal,
  );
  await migrate(opened);
  return opened;
}
