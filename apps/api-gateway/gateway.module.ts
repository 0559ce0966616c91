import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { serveHealth, type HealthCheck, type Logger } from '@shiplog/component-base';
import type { SnapshotSource } from '@shiplog/domain';
import { connectEventStore, readKeyRing, type JetStreamEventStore, type OnConnection } from '@shiplog/event-store';
import { register } from 'prom-client';
import { assembleGateway, clusterCache, type GatewayParts } from './assemble-gateway.js';
import { GatewayConfiguration } from './configuration.js';
import type { BootstrapSettings } from './bootstrap/bootstrap-objects.js';
import { ensureBootstrapObjects } from './bootstrap/ensure-bootstrap-objects.js';
import { Startup } from './bootstrap/startup.js';
import { CommandsEndpoint } from './commands/commands.endpoint.js';
import { pathEndpoints } from './endpoints.js';
import { keepFlowControl } from './flow-control/keep-flow-control.js';
import { expireEvents } from './event-expiry/event-expiry.js';
import { GATEWAY, type Gateway } from './gateway.js';
import { gatewayRules } from './gateway-rules.js';
import { openHistory } from './history/open-history.js';
import { IdentityLease } from './health/identity-lease.js';
import { builtInResources } from './rest/built-in-resources.js';
import { schemaCodec } from './rest/schema-codec.js';
import { streams } from './watch-cache/cluster-cache.js';
import type { PastReader } from './watch-cache/past-reader.js';
import { ApiServer } from './server/api-server.js';

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
    const [key, cert, ca] = await Promise.all(
      ['apiserver.key', 'apiserver.crt', 'ca.crt'].map((file) => readFile(join(pkiFolder, file))),
    );
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
  static forRoot(configuration: GatewayConfiguration, logger: Logger, signal: AbortSignal): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [CommandsEndpoint],
      providers: [
        GatewayHost,
        { provide: GatewayConfiguration, useValue: configuration },
        { provide: LOGGER, useValue: logger },
        { provide: Startup, useFactory: () => beginStartup(configuration, logger, signal) },
        {
          provide: EVENT_STORE,
          inject: [Startup],
          useFactory: (startup: Startup) => openLog(configuration, logger, startup, signal),
        },
        {
          provide: GATEWAY,
          inject: [EVENT_STORE, Startup],
          useFactory: (store: JetStreamEventStore, startup: Startup) =>
            openGateway(configuration, logger, store, startup, signal),
        },
      ],
    };
  }
}

/** Before all else: who asks whether the gateway is ready learns what it waits for. */
async function beginStartup(
  { healthPort }: GatewayConfiguration,
  logger: Logger,
  signal: AbortSignal,
): Promise<Startup> {
  const startup = new Startup(logger);
  await serveHealth(healthPort, startup.checks, signal);
  return startup;
}

async function openLog(
  { natsUrl, natsUser, natsPassword, keyRingFile }: GatewayConfiguration,
  logger: Logger,
  startup: Startup,
  signal: AbortSignal,
): Promise<JetStreamEventStore> {
  const options = {
    name: 'api-gateway',
    natsUrl,
    ...(natsUser ? { natsUser, natsPassword } : {}),
    ...(keyRingFile ? { keyRing: await readKeyRing(keyRingFile) } : {}),
    streams: {},
    onFault: (error: unknown) =>
      logger.warn(
        { error: error instanceof Error ? error.message : String(error) },
        'the log does not answer; trying again',
      ),
    onConnection: ({ isConnected, ...change }: Parameters<OnConnection>[0]) =>
      isConnected
        ? logger.info(change, 'nats-server is back')
        : logger.warn({ server: change.server }, 'nats-server is gone; waiting for it'),
  };
  const servers = natsUrl.split(',').map((url) => new URL(url).host);
  return startup.waitFor(`nats-server at ${servers.join(', ')}`, connectEventStore(options, signal));
}

async function openGateway(
  configuration: GatewayConfiguration,
  logger: Logger,
  store: JetStreamEventStore,
  startup: Startup,
  signal: AbortSignal,
): Promise<Gateway> {
  const parts: GatewayParts = {
    configuration,
    logger,
    metrics: register,
    store,
    ...(await startup.waitFor('the archive', openPast(configuration, logger, store, signal))),
    resources: builtInResources,
    codec: schemaCodec,
  };
  const cache = clusterCache(parts);
  // Before the cache fills: so each object passes the indexes while it is parsed, and need not be parsed again for them.
  const rules = gatewayRules(parts, cache);
  await startup.waitFor('the watch cache to show the present', cache.start(signal));
  let readiness: readonly HealthCheck[] = [];
  const gateway = assembleGateway(parts, cache, rules, (assembled) => {
    readiness = readinessChecks(assembled, store, configuration);
    return pathEndpoints(assembled, readiness);
  });
  const ensured = (): Promise<void> => ensureBootstrapObjects(gateway, bootstrapSettings(configuration), signal);
  await startup.waitForLog('what every cluster has to be written', ensured, signal);
  startup.ended(readiness);
  void keepFlowControl(
    gateway,
    {
      latencyMs: configuration.requestLatencyMs,
      minSeats: configuration.minRequestsInFlight,
      maxSeats: configuration.maxRequestsInFlight,
    },
    signal,
  );
  void expireEvents(gateway, configuration.eventTtlMinutes * 60_000, signal);
  return gateway;
}

async function openPast(
  { databaseUrl, keyRingFile }: GatewayConfiguration,
  logger: Logger,
  store: JetStreamEventStore,
  signal: AbortSignal,
): Promise<Pick<GatewayParts, 'snapshots' | 'past' | 'history'>> {
  if (databaseUrl === '') return { snapshots: noSnapshots, past: noPast };
  const keyRing = keyRingFile ? await readKeyRing(keyRingFile) : undefined;
  const { history, snapshots } = await openHistory(databaseUrl, store, keyRing, logger, signal);
  return { snapshots, past: history, history };
}

const noSnapshots: SnapshotSource = { snapshot: () => Promise.resolve(undefined) };

/** Without a database the past is what the stream still holds. */
const noPast: PastReader = {
  events: async function* () {
    await Promise.resolve();
    yield [];
  },
  objectsAt: () => Promise.resolve(undefined),
  pageAt: () => Promise.resolve(undefined),
};

function readinessChecks(
  gateway: Gateway,
  store: JetStreamEventStore,
  { advertiseAddress, listenPort }: GatewayConfiguration,
): HealthCheck[] {
  return [
    { name: 'log', check: () => store.ping() },
    {
      name: 'watch-cache',
      check: async (signal) =>
        void (await Promise.all(streams.map((stream) => gateway.cache.reachPresent(stream, signal)))),
    },
    new IdentityLease(gateway, `${advertiseAddress || hostname()}:${listenPort}`),
  ];
}

/** The first address of the Service range is the API's own. */
function bootstrapSettings({ serviceCidr, advertiseAddress, listenPort }: GatewayConfiguration): BootstrapSettings {
  const [network = ''] = serviceCidr.split('/');
  const serviceAddress = network.replace(/[0-9]+$/, (last) => String(Number(last) + 1));
  return { serviceCidr, serviceAddress, advertiseAddress, port: listenPort };
}
