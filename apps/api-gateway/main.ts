import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { createLogger, loadConfiguration, shutdownSignal } from '@shiplog/component-base';
import { natsOptions } from '@shiplog/event-store';
import { nestLogger } from './bootstrap/nest-logger.js';
import { GatewayConfiguration } from './configuration.js';
import { GatewayModule } from './gateway.module.js';

// Bodies of a few KB fill Node's own 8 KiB at once, and memory of its own costs a body as much as writing it.
Buffer.poolSize = 64 * 1024;

const logger = createLogger('api-gateway');
const stop = shutdownSignal();
try {
  const configuration = loadConfiguration(GatewayConfiguration);
  const { natsUrl, natsUser, natsPassword } = configuration;
  const access = { natsUrl, ...(natsUser ? { natsUser, natsPassword } : {}) };
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    GatewayModule.forRoot(configuration, logger, stop),
    {
      transport: Transport.NATS,
      options: { ...natsOptions(access, 'api-gateway commands'), queue: 'api-gateway' },
      logger: nestLogger(logger),
      abortOnError: false,
    },
  );
  await app.listen();
  stop.addEventListener('abort', () => void app.close().then(() => process.exit(0)));
} catch (error) {
  if (stop.aborted) process.exit(0);
  logger.fatal({ error: error instanceof Error ? error.stack : String(error) }, 'api-gateway cannot run');
  process.exit(1);
}
