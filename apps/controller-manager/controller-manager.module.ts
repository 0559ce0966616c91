import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { ClientNats } from '@nestjs/microservices';
import { CommandClient, informersOfLog, nestCommandTransport, type ApiClient } from '@shiplog/client';
import { createLogger, serveHealth, type Logger } from '@shiplog/component-base';
import { countedCommands } from '@shiplog/controller-runtime';
import { connectEventStore, natsOptions, snapshotsAt } from '@shiplog/event-store';
import { ControllerManager } from './controller-manager.js';
import { ControllerManagerConfiguration } from './configuration.js';
import { controllersOf } from './controllers.js';
import { ObjectGraph } from './object-graph/object-graph.js';

const SIGNAL = Symbol('AbortSignal');
const LOGGER = Symbol('Logger');

/** The process's life: serves health at once, then works until it is told to stop. */
@Injectable()
export class ControllerManagerHost implements OnApplicationBootstrap {
  constructor(
    private readonly configuration: ControllerManagerConfiguration,
    private readonly manager: ControllerManager,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SIGNAL) private readonly signal: AbortSignal,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await serveHealth(this.configuration.healthPort, this.manager.readiness, this.signal);
    this.manager.run(this.signal).then(
      () => process.exit(0),
      (error: unknown) => {
        this.logger.fatal({ err: error }, 'controllers stopped');
        process.exit(1);
      },
    );
  }
}

@Module({})
export class ControllerManagerModule {
  static forRoot(configuration: ControllerManagerConfiguration, signal: AbortSignal): DynamicModule {
    return {
      module: ControllerManagerModule,
      providers: [
        ControllerManagerHost,
        { provide: ControllerManagerConfiguration, useValue: configuration },
        { provide: SIGNAL, useValue: signal },
        { provide: LOGGER, useValue: createLogger('controller-manager') },
        {
          provide: ControllerManager,
          inject: [LOGGER],
          useFactory: (logger: Logger) => openControllerManager(configuration, logger, signal),
        },
      ],
    };
  }
}

async function openControllerManager(
  configuration: ControllerManagerConfiguration,
  logger: Logger,
  signal: AbortSignal,
): Promise<ControllerManager> {
  const { natsUrl, natsUser, natsPassword, databaseUrl, leaderIdentity } = configuration;
  const access = { natsUrl, ...(natsUser ? { natsUser, natsPassword } : {}) };
  const onFault = (error: unknown): void =>
    logger.warn(
      { error: error instanceof Error ? error.message : String(error) },
      'the log or its projection does not answer',
    );
  const log = await connectEventStore({ ...access, name: 'controller-manager', onFault }, signal);
  const commands = new ClientNats(natsOptions(access, 'controller-manager commands'));
  await commands.connect();
  const client: ApiClient = new CommandClient(countedCommands(nestCommandTransport(commands, 'controller-manager')), {
    userAgent: 'kube-controller-manager/v1.36.0 (linux/amd64) shiplog',
  });
  const caches = informersOfLog(log, snapshotsAt(databaseUrl, 'controller-manager', onFault), onFault);
  const graph = new ObjectGraph();
  for (const stream of ['RESOURCES', 'LEASES', 'EVENTS'] as const) {
    const everything = caches.follower(stream).everything();
    everything.attach(graph.sink(stream));
    caches.informers.alsoRun(everything);
  }
  const rootCa = await readFile(join(configuration.pkiFolder, 'ca.crt'), 'utf8');
  const { clusterCidr, evictionRates } = configuration;
  const controllers = controllersOf({ graph, rootCa, clusterCidr, evictionRates });
  return new ControllerManager({ controllers, graph, client, caches, leaderIdentity, logger });
}
