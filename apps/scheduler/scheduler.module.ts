import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { createLogger, serveHealth, type Logger } from '@shiplog/component-base';
import { SchedulerConfiguration } from './configuration.js';
import { openScheduler, OpenScheduler } from './open-scheduler.js';

const SIGNAL = Symbol('AbortSignal');
const LOGGER = Symbol('Logger');

/** The process's life: serves health at once, then works until it is told to stop. */
@Injectable()
export class SchedulerHost implements OnApplicationBootstrap {
  constructor(
    private readonly configuration: SchedulerConfiguration,
    private readonly opened: OpenScheduler,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SIGNAL) private readonly signal: AbortSignal,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { scheduler } = this.opened;
    await serveHealth(this.configuration.healthPort, scheduler.readiness, this.signal);
    const stopped = scheduler.run(this.signal).then(() => this.opened.close());
    stopped.then(
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
          provide: OpenScheduler,
          inject: [LOGGER],
          useFactory: (logger: Logger) => openScheduler(configuration, logger, signal),
        },
      ],
    };
  }
}
