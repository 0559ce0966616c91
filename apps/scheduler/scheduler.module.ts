import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { ClientNats } from '@nestjs/microservices';
import { CommandClient, informersOfLog, nestCommandTransport } from '@shiplog/client';
import { createLogger, serveHealth, type Logger } from '@shiplog/component-base';
import { connectEventStore, natsOptions } from '@shiplog/event-store';
import { SchedulerConfiguration } from './configuration.js';
import { openSnapshots } from './open-snapshots.js';
import { SchedulerMetrics } from './metrics.js';
import { plugins } from './plugins.js';
import { Scheduler } from './scheduler.js';

const SIGNAL = Symbol('AbortSignal');
const LOGGER = Symbol('Logger');

/** The process's life: serves health at once, then works until it is told to stop. */
@Injectable()
export class SchedulerHost implements OnApplicationBootstrap {
  constructor(
    private readonly configuration: SchedulerConfiguration,
    private readonly scheduler: Scheduler,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SIGNAL) private readonly signal: AbortSignal,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await serveHealth(this.configuration.healthPort, this.scheduler.readiness, this.signal);
    this.scheduler.run(this.signal).then(
      () => process.exit(0),
      (error: unknown) => {
        this.logger.fatal({ err: error }, 'scheduler stopped');
        process.exit(1);
      },
    );
  }
}

@Module({})
export class SchedulerModule {
  static forRoot(configuration: SchedulerConfiguration, signal: AbortSignal): DynamicModule {
    return {
      module: SchedulerModule,
      providers: [
        SchedulerHost,
        { provide: SchedulerConfiguration, useValue: configuration },
        { provide: SIGNAL, useValue: signal },
        { provide: LOGGER, useValue: createLogger('scheduler') },
        {
          provide: Scheduler,
          inject: [LOGGER],
          useFactory: (logger: Logger) => openScheduler(configuration, logger, signal),
        },
      ],
    };
  }
}

async function openScheduler(
  { natsUrl, natsUser, natsPassword, databaseUrl, percentageOfNodesToScore, maxBindsInFlight }: SchedulerConfiguration,
  logger: Logger,
  signal: AbortSignal,
): Promise<Scheduler> {
  const access = { natsUrl, ...(natsUser ? { natsUser, natsPassword } : {}) };
  const onFault = (error: unknown): void =>
    logger.warn(
      { error: error instanceof Error ? error.message : String(error) },
      'the log or its projection does not answer',
    );
  const log = await connectEventStore({ ...access, name: 'scheduler', onFault }, signal);
  const commands = new ClientNats(natsOptions(access, 'scheduler commands'));
  await commands.connect();
  const client = new CommandClient(nestCommandTransport(commands, 'scheduler'), {
    userAgent: 'kube-scheduler/v1.36.0 (linux/amd64) shiplog',
  });
  const { informers } = informersOfLog(log, openSnapshots(databaseUrl, onFault), onFault);
  return new Scheduler({
    informers,
    client,
    plugins,
    logger,
    percentageOfNodesToScore,
    maxBindsInFlight,
    metricsOf: ({ queue, snapshot, assumed }) =>
      new SchedulerMetrics(
        () => queue.sizes,
        () => ({ nodes: snapshot.nodeCount, pods: snapshot.podCount, assumed_pods: assumed.size }),
      ),
  });
}
