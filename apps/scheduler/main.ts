import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadConfiguration, shutdownSignal } from '@shiplog/component-base';
import { SchedulerConfiguration } from './configuration.js';
import { SchedulerModule } from './scheduler.module.js';

const configuration = loadConfiguration(SchedulerConfiguration);
await NestFactory.createApplicationContext(SchedulerModule.forRoot(configuration, shutdownSignal()), {
  logger: ['error', 'warn'],
});
