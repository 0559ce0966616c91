import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { loadConfiguration, shutdownSignal } from '@shiplog/component-base';
import { natsOptions } from '@shiplog/event-store';
import { GatewayConfiguration } from './configuration.js';
import { GatewayModule } from './gateway.module.js';

const configuration = loadConfiguration(GatewayConfiguration);
const stop = shutdownSignal();
const { natsUrl, natsUser, natsPassword } = configuration;
const access = { natsUrl, ...(natsUser ? { natsUser, natsPassword } : {}) };

const app = await NestFactory.createMicroservice<MicroserviceOptions>(GatewayModule.forRoot(configuration, stop), {
  transport: Transport.NATS,
  options: { ...natsOptions(access, 'api-gateway commands'), queue: 'api-gateway' },
  logger: ['error', 'warn'],
});
await app.listen();
stop.addEventListener('abort', () => void app.close().then(() => process.exit(0)));
