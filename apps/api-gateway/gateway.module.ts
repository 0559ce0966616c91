import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createLogger, serveHealth, type Logger } from '@shiplog/component-base';
import type { EventStore } from '@shiplog/domain';
import { connectEventStore, readKeyRing, type JetStreamEventStore } from '@shiplog/event-store';
import { register } from 'prom-client';
import { assembleGateway, clusterCache, objectRegistry, type GatewayParts } from './assemble-gateway.js';
import { GatewayConfiguration } from './configuration.js';
import type { Gateway } from './gateway.js';
import { gatewayRules } from './gateway-rules.js';
import { fallbackCatalog, fallbackCodec } from './rest/fallback.js';
import { ApiServer } from './server/api-server.js';

const GATEWAY = Symbol('Gateway');
const EVENT_STORE = Symbol('EventStore');
const LOGGER = Symbol('Logger');

/** Opens the door once the cache shows the present, and closes it first. */
@Injectable()
export class GatewayHost implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: ApiServer | undefined;

  constructor(
    private readonly configuration: GatewayConfiguration,
    @Inject(GATEWAY) private readonly gateway: Gateway,
    @Inject(EVENT_STORE) private readonly store: JetStreamEventStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { pkiFolder, listenPort, listenAddress } = this.configuration;
    const [key, cert, ca] = await Promise.all(['apiserver.key', 'apiserver.crt', 'ca.crt'].map((file) => readFile(join(pkiFolder, file))));
    this.server = new ApiServer(this.gateway, { key: key as Buffer, cert: cert as Buffer, ca: ca as Buffer });
    const port = await this.server.listen(listenPort, listenAddress);
    this.logger.info({ address: listenAddress, port }, 'serving the API');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server?.close();
    await this.store.close();
  }
}

@Module({})
export class GatewayModule {
  static forRoot(configuration: GatewayConfiguration, signal: AbortSignal): DynamicModule {
    const logger = createLogger('api-gateway');
    return {
      module: GatewayModule,
      providers: [
        GatewayHost,
        { provide: GatewayConfiguration, useValue: configuration },
        { provide: LOGGER, useValue: logger },
        { provide: EVENT_STORE, useFactory: () => openLog(configuration, logger, signal) },
        {
          provide: GATEWAY,
          inject: [EVENT_STORE],
          useFactory: (store: EventStore) => openGateway(configuration, logger, store, signal),
        },
      ],
    };
  }
}

const openLog = async ({ natsUrl, natsUser, natsPassword, keyRingFile }: GatewayConfiguration, logger: Logger, signal: AbortSignal): Promise<JetStreamEventStore> =>
  connectEventStore(
    {
      name: 'api-gateway',
      natsUrl,
      ...(natsUser ? { natsUser, natsPassword } : {}),
      ...(keyRingFile ? { keyRing: await readKeyRing(keyRingFile) } : {}),
      streams: {},
      onFault: (error) => logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'the log does not answer; trying again'),
    },
    signal,
  );

async function openGateway(configuration: GatewayConfiguration, logger: Logger, store: EventStore, signal: AbortSignal): Promise<Gateway> {
  const parts: GatewayParts = {
    configuration,
    logger,
    metrics: register,
    store,
    snapshots: { snapshot: () => Promise.resolve(undefined) },
    past: { events: async function* () {}, objectsAt: () => Promise.resolve(undefined) },
    resources: fallbackCatalog,
    codec: fallbackCodec,
    trackFields: (_resource, _current, next) => next,
  };
  const cache = clusterCache(parts);
  const rules = gatewayRules(parts, cache);
  const registry = objectRegistry(parts, cache, rules.admission);
  await cache.start(signal);
  const gateway = assembleGateway(parts, cache, registry, rules);
  await serveHealth(configuration.healthPort, [], signal);
  return gateway;
}
